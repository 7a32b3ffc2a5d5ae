"""Every component in all its states, for those who build pages. Not in production."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from pilotportal import clock
from pilotportal.documents.charts import Bar, bars
from pilotportal.files.enums import ScanState
from pilotportal.jobs.enums import Status
from pilotportal.listing import listing
from pilotportal.templatetags.interface import TONES

JOBS = (Status.REQUESTED, Status.RUNNING, Status.READY, Status.FAILED, Status.CANCELLED)
SWATCHES = ("deep", "act", "accent", "paper", "ground", "good", "warn", "bad", "info")


class SpecimenForm(forms.Form):
    """Each kind of field once. Its texts are samples and stay as they are in both languages."""

    city = forms.CharField(label="申报城市", help_text="请填写全称，例如“唐山市”。", max_length=60)
    output = forms.IntegerField(label="规模以上工业总产值（亿元）", min_value=0)
    trained = forms.CharField(
        label="年培训人次及说明（万人次）",
        help_text="先填数值，再作简要说明。",
        max_length=40,
        widget=forms.TextInput(attrs={"data-counter": "还可输入{n}字"}),
    )
    region = forms.ChoiceField(label="所属区域", choices=[("", "请选择"), ("east", "东部"), ("west", "西部")])
    summary = forms.CharField(
        label="工作基础",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 4, "data-counter": "还可输入{n}字", "data-counter-over": "超出{n}字"}),
    )
    kind = forms.ChoiceField(label="联合体类型", choices=[("hire", "招聘用工"), ("train", "跨企业培训")], widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(
        label="重点任务", choices=[("1", "工作机制"), ("2", "政策体系"), ("3", "融合发展载体")], widget=forms.CheckboxSelectMultiple
    )
    letter = forms.FileField(label="推荐函（盖章扫描件）", help_text="PDF、JPEG或PNG，不超过20 MB。")
    truthful = forms.BooleanField(label="我承诺所填内容真实")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.layout = Layout(*self.fields, HTML('<div class="acts">'), Submit("", "保存"), HTML("</div>"))


class SpecimenFilter(forms.Form):
    find = forms.CharField(label="城市", required=False, widget=forms.TextInput({"class": "form-control"}))
    missing = forms.BooleanField(label="仅看缺少评分表的", required=False, widget=forms.CheckboxInput({"class": "form-check-input"}))


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-src": ["'self'"], "frame-ancestors": ["'self'"]})
def show(request: HttpRequest) -> HttpResponse:
    if settings.PRODUCTION:
        raise Http404
    now = clock.now()
    left = (timedelta(days=43, hours=5), timedelta(days=3, hours=4), timedelta(minutes=50), timedelta(0))
    return render(
        request,
        "styleguide.html",
        {
            "swatches": SWATCHES,
            "tones": {tone: sorted(statuses) for tone, statuses in TONES.items()},
            "deadlines": [now + amount for amount in left],
            "blank": SpecimenForm(prefix="blank"),
            "refused": SpecimenForm(prefix="refused", data={"refused-city": "唐山", "refused-output": "-3", "refused-summary": "字" * 203}),
            "tasks": _tasks(),
            "steps": _steps(),
            "jobs": [_job(status) for status in JOBS],
            "chart": _chart(),
            "files": _files(),
            "uploads": _uploads(),
            "changed": _changed(),
            "happened": [(now - timedelta(days=44, hours=5), "批次启动"), (now, "唐山市申报材料提交")],
            "narrow": "narrow" in request.GET,
            "withheld": SimpleNamespace(label="文件未通过安全检查，不能打开。请更换文件后重新上传。"),
            "page": Paginator(range(230), 25).page(5),
            "listing": listing(range(230), request.GET, orders={"number": int}, default="-number", size=25),
            "filter": SpecimenFilter(request.GET),
            "tabs": [("按城市", "#tabs", True), ("按专家", "#tabs", False)],
            "rows": [("申报城市", "唐山市"), ("行政区划代码", "130200"), ("细分行业", "装备制造、钢铁")],
        },
    )


def _tasks() -> list[dict[str, str]]:
    return [
        {"label": "基本情况", "url": "#tasks", "status_label": "已完成", "tone": "good"},
        {"label": "申报条件", "url": "#tasks", "status_label": "缺2项", "tone": "warn", "hint": "产业基础、人力资源服务业规模"},
        {"label": "推荐函", "url": "#tasks", "status_label": "未上传", "tone": "bad"},
        {"label": "提交", "url": "", "status_label": "尚不能提交", "tone": "plain", "hint": "由审核人提交"},
    ]


def _steps() -> list[dict[str, str]]:
    return [
        {"label": "申报", "state": "done", "date": "7月18日 24:00截止"},
        {"label": "形式审查", "state": "done", "date": "7月25日"},
        {"label": "专家评审", "state": "current", "date": "进行中"},
        {"label": "公示", "state": "todo"},
        {"label": "确定", "state": "todo"},
    ]


def _uploads() -> list[dict[str, Any]]:
    """As `uploads.js` makes them: under way, interrupted, refused, added."""
    return [
        {"name": "企业名单.pdf", "sent": 38, "total": 96, "status": "已上传38.0 MB，共96.0 MB", "acts": ["暂停", "移除"]},
        {"name": "统计公报.pdf", "sent": 12, "total": 20, "status": "连接中断，恢复后自动继续", "trouble": True, "acts": ["继续", "移除"]},
        {"name": "照片.gif", "status": "不接受此类文件。", "trouble": True, "acts": ["移除"]},
        {"name": "财政预算.pdf", "status": "已添加"},
    ]


def _changed() -> list[SimpleNamespace]:
    before, after = [("现有机构", False), ("320", True), ("家", False)], [("现有机构", False), ("362", True), ("家", False)]
    text = {"old": _pieces(before), "new": _pieces(after)}
    heads = [SimpleNamespace(label="指标"), SimpleNamespace(label="目标值", is_figure=True)]
    rows = {
        "old_rows": [_cells(heads, ("服务人次", False), ("818", True))],
        "new_rows": [_cells(heads, ("服务人次", False), ("918", True))],
    }
    return [
        SimpleNamespace(code="base", label="工作基础", section="人力资源服务业", unit="", heads=(), **text),
        SimpleNamespace(code="goals", label="指标", section="目标指标", unit="", heads=heads, **rows),
    ]


def _pieces(pairs: list[tuple[str, bool]]) -> list[SimpleNamespace]:
    return [SimpleNamespace(text=text, changed=changed) for text, changed in pairs]


def _cells(heads: list[SimpleNamespace], *cells: tuple[str, bool]) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(shown=SimpleNamespace(text=text, label=head.label, is_figure=hasattr(head, "is_figure")), changed=changed)
        for head, (text, changed) in zip(heads, cells, strict=True)
    ]


def _files() -> list[SimpleNamespace]:
    """One for each thing that a malware scanner may have said."""
    return [_file(number, state) for number, state in enumerate(ScanState)]


def _file(number: int, state: ScanState) -> SimpleNamespace:
    scan = SimpleNamespace(
        get_state_display=state.label, finding="Eicar-Test-Signature" if state == ScanState.INFECTED else "", scanned_at=None, trouble=""
    )
    digest = "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e2"
    stored = SimpleNamespace(size=2_411_724, pages=4, digest=digest, get_media_type_display="PDF", scan_state=str(state), scan=scan)
    return SimpleNamespace(pk=number, name="名单.pdf", caption="2024年规模以上企业名单", file=stored, get_kind_display="佐证材料")


def _chart() -> dict[str, Any]:
    drawn = [
        Bar(label="75–80", value=4),
        Bar(label="80–85", value=17),
        Bar(label="85–90", value=23, emphasis=True),
        Bar(label="90–95", value=8),
    ]
    return {
        "title": "得分分布",
        "picture": bars(name="specimen", title="得分分布", items=drawn, axis="城市数"),
        "note": "实心柱为计划名额最后一名所在分数段。",
        "heads": ["综合得分", "城市数", "备注"],
        "rows": [(bar.label, [bar.value], "计划名额最后一名" if bar.emphasis else "") for bar in reversed(drawn)],
    }


def _job(status: Status) -> SimpleNamespace:
    """A job that stands still, so that its page can be looked at."""
    result = SimpleNamespace(size=1_482_113, get_media_type_display="PDF", digest="sm3:66c7f0f462eeedd9d1f2d46bdc10e4e2")
    return SimpleNamespace(
        code="specimen",
        get_absolute_url="#",
        status=str(status),
        get_status_display=status.label,
        is_open=status in {Status.REQUESTED, Status.RUNNING},
        done=38,
        total=96,
        result=result,
        file_name="评审结果.pdf",
        error="OSError: No space left on device",
    )
