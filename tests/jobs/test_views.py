import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from tests.factories import user
from tests.jobs.making import requested, worked_off
from tests.pilotportal.pages import Element, read

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mine(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def page_of(client: Client, address: str, **headers: str) -> Element:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return read(response.content.decode())


@pytest.mark.parametrize(("language", "title", "nothing"), [("zh-hans", "我的文件", "暂无文件"), ("en", "My files", "No files yet")])
def test_an_empty_list_says_what_will_come(mine: Client, language: str, title: str, nothing: str) -> None:
    page = page_of(mine, "/jobs/", **{"Accept-Language": language})
    assert page.one("h1").text == title
    assert nothing in page.one("div", class_="empty-state").text


def test_the_list_shows_state_and_the_way_to_each_file(mine: Client, owner: User, build: list[object]) -> None:
    build.append(b"x")
    ready = worked_off(requested(owner, number=1))
    waiting = requested(owner, number=2)
    page = page_of(mine, "/jobs/")
    rows = page.one("tbody").all("tr")
    assert [row.one("span", class_="pill").text if row.all("span", class_="pill") else row.all("td")[0].text for row in rows] == [
        "等待中",
        "已生成",
    ]
    links = [[link.attributes["href"] for link in row.all("a")] for row in rows]
    assert links == [
        [reverse("jobs:detail", args=[waiting.code])],
        [reverse("jobs:detail", args=[ready.code]), reverse("jobs:result", args=[ready.code])],
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    mine: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        requested(owner, number=number)
    mine.get("/jobs/")
    with django_assert_num_queries(4):  # session, person, number of jobs, jobs
        mine.get("/jobs/")


def test_many_jobs_are_paged(mine: Client, owner: User) -> None:
    for number in range(26):
        requested(owner, number=number)
    assert len(page_of(mine, "/jobs/").one("tbody").all("tr")) == 25
    second = page_of(mine, "/jobs/?page=2")
    assert len(second.one("tbody").all("tr")) == 1
    assert "第26–26条，共26条" in second.one("nav", class_="pages").text


def test_an_open_job_is_asked_for_again_and_has_a_link_for_those_without_script(mine: Client, owner: User) -> None:
    job = requested(owner)
    address = job.get_absolute_url()
    page = page_of(mine, address)
    part = page.one("div", hx_get=address)
    assert (part.attributes["hx-trigger"], part.attributes["hx-swap"]) == ("every 2s", "outerHTML")
    assert part.all("a", href=address)
    partial = page_of(mine, address, **HTMX)
    assert not partial.all("html")
    assert partial.one("div", hx_get=address).text == part.text


def test_the_part_and_the_page_are_not_mistaken_for_each_other_by_a_cache(mine: Client, owner: User) -> None:
    assert "HX-Request" in mine.get(requested(owner).get_absolute_url()).headers["Vary"]


def test_a_running_job_shows_how_far_it_is(mine: Client, owner: User) -> None:
    job = requested(owner)
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, done=3, total=8)
    part = page_of(mine, job.get_absolute_url(), **HTMX)
    assert part.one("progress").attributes | {"aria-label": ""} == {"value": "3", "max": "8", "aria-label": ""}
    assert "已完成3项，共8项" in part.text


def test_a_ready_job_is_downloaded_with_its_digest_and_that_is_recorded(mine: Client, owner: User, build: list[object]) -> None:
    build.append(b"%PDF content")
    job = worked_off(requested(owner))
    part = page_of(mine, job.get_absolute_url(), **HTMX)
    assert "hx-get" not in {name for element in part.walk() for name in element.attributes}
    response = mine.get(part.one("a", class_="btn btn-primary").attributes["href"])
    assert b"".join(response.streaming_content) == b"%PDF content"
    assert response.headers["X-Content-Digest"] == job.result.digest
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert Event.objects.get(kind="job.downloaded").data == {"digest": job.result.digest}


def test_a_file_that_is_not_ready_cannot_be_downloaded(mine: Client, owner: User) -> None:
    assert mine.get(reverse("jobs:result", args=[requested(owner).code])).status_code == 404
    assert not Event.objects.filter(kind="job.downloaded").exists()


def test_a_failed_job_says_why_and_can_be_started_again(mine: Client, owner: User, build: list[object]) -> None:
    build.append(OSError("No space left on device"))
    job = worked_off(requested(owner))
    part = page_of(mine, job.get_absolute_url())
    assert "OSError: No space left on device" in part.text
    retry = part.one("form", action=reverse("jobs:retry", args=[job.code]))
    mine.post(retry.attributes["action"])
    assert Job.objects.get(pk=job.pk).status == Status.REQUESTED


def test_a_waiting_job_is_cancelled_by_its_owner(mine: Client, owner: User) -> None:
    job = requested(owner)
    response = mine.post(reverse("jobs:cancel", args=[job.code]), follow=True)
    assert response.redirect_chain == [(job.get_absolute_url(), 302)]
    assert "已取消生成。" in read(response.content.decode()).one("div", role="status").text


def test_a_refusal_is_shown_on_the_page(mine: Client, owner: User, build: list[object]) -> None:
    build.append(b"x")
    job = worked_off(requested(owner))
    response = mine.post(reverse("jobs:cancel", args=[job.code]), follow=True)
    assert "该文件的生成已经结束。" in read(response.content.decode()).one("div", class_="notice notice-error").text
    response = mine.post(reverse("jobs:retry", args=[job.code]), follow=True)
    assert "只有生成失败或已取消的文件可以重新生成。" in response.content.decode()


@pytest.mark.parametrize("name", ["detail", "result", "cancel", "retry"])
@pytest.mark.parametrize("role", [Role.STAFF, Role.SUPERVISOR, Role.SYSTEM_ADMIN])
def test_nobody_reaches_the_job_of_another(client: Client, owner: User, build: list[object], name: str, role: Role) -> None:
    build.append(b"secret")
    job = worked_off(requested(owner))
    client.force_login(user(role))
    ask = client.post if name in {"cancel", "retry"} else client.get
    assert ask(reverse(f"jobs:{name}", args=[job.code])).status_code == 404
    assert job.label not in client.get("/jobs/").content.decode()
    client.force_login(owner)
    response = ask(reverse(f"jobs:{name}", args=[job.code]))
    assert response.status_code in {200, 302}
    b"".join(response)


@pytest.mark.parametrize("name", ["detail", "result", "cancel", "retry"])
def test_whoever_is_not_signed_in_is_asked_to(client: Client, owner: User, name: str) -> None:
    address = reverse(f"jobs:{name}", args=[requested(owner).code])
    assert client.post(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["cancel", "retry"])
def test_acts_need_a_form(mine: Client, owner: User, name: str) -> None:
    assert mine.get(reverse(f"jobs:{name}", args=[requested(owner).code])).status_code == 405


def test_a_label_from_people_is_shown_as_text(mine: Client, owner: User) -> None:
    job = requested(owner, label="<b>唐山</b>")
    assert page_of(mine, job.get_absolute_url()).one("h1").text == "<b>唐山</b>"
