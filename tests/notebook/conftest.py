import pytest

from kernels import Kernel, write_specs
from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # what a page shows follows what is pressed by as much as the machine is busy


@pytest.fixture(scope="session", autouse=True)
def specs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jupyter")
    write_specs(folder)
    return folder


@pytest.fixture(scope="module")
def browser(lab):
    """One Chromium for the tests of a file, each of which has a `lab` of its own."""
    with lab.browser() as browser:
        yield browser


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test in a browser tells what its windows showed: it may have been the one time in a hundred."""
    report = (yield).get_result()
    browser = item.funcargs.get("browser") if hasattr(item, "funcargs") else None
    if report.when == "call" and report.failed and browser:
        report.sections.append(("windows", browser.account()))


@pytest.fixture
def page(tmp_path):
    """A kernel with the cells of the tests."""
    with Kernel("lorikeet-page", tmp_path) as kernel:
        yield kernel
