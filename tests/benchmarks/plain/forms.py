"""What does the reference's card ask? Five grades and five lines, as `form.as_div` shows them."""

from django import forms

from tests.benchmarks.plain.models import DIMENSIONS

GRADES = [
    ("excellent", "优秀"), ("good", "良好"), ("fair", "合格"), ("passable", "尚可"), ("weak", "待改进"),
]  # fmt: skip
LABELS = {"thought": "思想政治", "study": "学习", "life": "生活", "work": "工作", "conduct": "纪律作风"}


class ReviewForm(forms.Form):
    """Five grades with a line each."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in DIMENSIONS:
            self.fields[name] = forms.ChoiceField(label=LABELS[name], choices=GRADES, widget=forms.RadioSelect)
            self.fields[f"{name}_note"] = forms.CharField(
                label="备注", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
