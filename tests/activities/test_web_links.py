"""Does a page lead only to addresses of the web, whatever is stored?"""

import pytest

from activities.web_links import followable


@pytest.mark.parametrize("link", ["https://meeting.example.edu/1", "http://example.edu", "HTTPS://EXAMPLE.EDU/"])
def test_addresses_of_the_web(link):
    assert followable(link) == link


@pytest.mark.parametrize("link", ["", "javascript:a()", " https://x.edu", "data:text/html,x", "ftp://x.edu", "//x.edu"])
def test_anything_else_leads_nowhere(link):
    assert followable(link) == ""
