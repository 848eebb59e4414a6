"""How does a script visit the demo? A portal on a data folder of its own, and people who have signed in."""

import re
import shutil
import signal
import socket
import subprocess
import sys

import python_environment

# Debian's Chromium, if possible without the windows around it.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
DESKTOP, PHONE = (1366, 768), (390, 844)
PEOPLE = {"Member", "Secretary", "Counselor", "Committee reviewer"}
LOG_IN = re.compile(rf"({'|'.join(sorted(PEOPLE))})  +(\S+)  +\S+  +(\S+)$")


class Demo:
    """A portal with the demo data, started for one script and ended with it."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        portal = str(python_environment.PROJECT / "bin" / "portal")
        command = [sys.executable, portal, "--port", str(port), "--data", folder]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.log_ins = {}

    def wait(self):
        """Read what the portal prints until every log-in that is needed is known."""
        for line in self.process.stdout:
            if found := LOG_IN.search(line.rstrip()):
                self.log_ins[found[1]] = found[2], found[3]
            if self.log_ins.keys() == PEOPLE:
                return
        sys.exit("The portal ended before it printed its log-ins.")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


class Visitor:
    """One person of the demo in one window."""

    def __init__(self, browser, demo, role, size):
        self.address = demo.address
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            has_touch=width < 500, is_mobile=width < 500,
        )  # fmt: skip
        self.page = context.new_page()
        number, password = demo.log_ins[role]
        self.go("/login/")
        self.page.fill("input[name=number]", number)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login/" not in url)
        if "/privacy/" in self.page.url:  # read once, before first use
            self.page.click("main button.btn-primary")
            self.page.wait_for_url(f"{self.address}/")

    def go(self, path):
        answer = self.page.goto(self.address + path)
        if not answer.ok:
            sys.exit(f"{path} answers {answer.status}.")

    def open(self, selector):
        self.go(self.page.locator(selector).first.get_attribute("href"))
