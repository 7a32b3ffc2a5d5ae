from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files.responses import download
from pilotportal.jobs import permissions, queries, services


@login_required
@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    page = Paginator(queries.visible_to(request.user), 25).get_page(request.GET.get("page"))
    return render(request, "jobs/job_list.html", {"page": page})


@login_required
@require_GET
@vary_on_headers("HX-Request")
def detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The page of a job; htmx asks for its progress part again while it is open."""
    template = "jobs/_progress.html" if request.htmx else "jobs/job_detail.html"
    return render(request, template, {"job": permissions.job_for(request.user, code)})


@login_required
@require_GET
def result(request: SignedInRequest, code: str) -> FileResponse:
    job = permissions.job_for(request.user, code)
    if not job.result:
        raise Http404
    audit.record("job.downloaded", at=request.received_at, by=request.user, target=job, digest=job.result.digest)
    return download(job.result, name=job.file_name)


@login_required
@require_POST
def cancel(request: SignedInRequest, code: str) -> HttpResponse:
    job = permissions.job_for(request.user, code)
    try:
        services.cancel(job_id=job.pk, by=request.user, at=request.received_at)
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The job has been cancelled."))
    return redirect(job)


@login_required
@require_POST
def retry(request: SignedInRequest, code: str) -> HttpResponse:
    job = permissions.job_for(request.user, code)
    try:
        services.retry(job_id=job.pk, by=request.user, at=request.received_at)
    except services.Refused as refused:
        messages.error(request, str(refused))
    return redirect(job)
