"""A person at a browser, whose browser writes down everything that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from tests.browser.office import Office

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# In every frame: what the Content-Security-Policy stopped is said aloud, though nobody asked for it.
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} stopped ${event.blockedURI} at ${event.sourceFile}`));
"""


@dataclass
class Visitor:
    """One browser profile with one open page; `troubles` must stay empty."""

    office: Office
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(TELL_VIOLATIONS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda fault: self.troubles.append(f"script: {fault.error}"))
        self.context.on("requestfailed", self._miss)
        self.context.on("response", self._read)
        self.page = self.context.new_page()

    @classmethod
    def arrive(cls, browser: Browser, office: Office, *, locale: str = "en-GB") -> Visitor:
        context = browser.new_context(base_url=office.address, locale=locale, viewport=dict(DESKTOP))  # type: ignore[arg-type]  # a TypedDict
        context.set_default_timeout(20_000)
        return cls(office, context)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text} ({message.location['url']})")

    def _miss(self, request: Request) -> None:
        # A page that is left gives up what it was still asking for: nothing is wrong with that.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"request: {request.method} {request.url} {request.failure}")

    def _read(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"answer: {response.status} {response.request.method} {response.url}")

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def log_in(self, role: str = "owner", *, language: str = "en") -> Page:
        """Log in by the form, and read in the language whatever was chosen before."""
        email, password = self.office.logins[role]
        page = self.open("/accounts/login/")
        fill_in_login(page, email, password)
        expect(page.locator("nav a[aria-current=page]")).to_be_visible()
        if page.locator("html").get_attribute("lang") != language:
            page.locator(f"form.languages button[value={language}]").click()
            expect(page.locator("html")).to_have_attribute("lang", language)
        return page

    def confirm_access(self, role: str = "owner") -> None:
        """Type the password once more, as is asked before the second factor is shown or changed."""
        page = self.open("/accounts/2fa/totp/activate/")
        page.locator("input[name=password]").fill(self.office.logins[role][1])
        page.locator("main button[type=submit]").first.click()
        expect(page.locator("input[name=code]")).to_be_visible()


def fill_in_login(page: Page, email: str, password: str) -> None:
    """Type the two and send them."""
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit], .entrance button.btn-primary").first.click()
