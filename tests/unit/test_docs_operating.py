"""What the operating guide and the files of deploy/ name is there, as it is named."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from docs.tables import GUIDE, with_tables
from service.cli import main
from service.rest.problems import KINDS
from service.settings import Settings
from service.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TEXT = GUIDE.read_text("utf-8")
FILES = [GUIDE, *sorted(DEPLOY.glob("*.yaml")), ROOT / "Dockerfile"]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
)
ALERTS = (DEPLOY / "alerts.yaml").read_text("utf-8")


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [one for one in OBJECTS if one["kind"] == kind]


def containers() -> list[dict[str, Any]]:
    return [
        one
        for made in of_kind("Deployment")
        for one in made["spec"]["template"]["spec"]["containers"]
    ]


def check_arguments(arguments: list[str]) -> None:
    """Parse arguments as the command does, without running anything."""
    command: click.Command = main
    name = "brief"
    while isinstance(command, click.Group):
        name, *arguments = arguments
        assert name in command.commands, name
        command = command.commands[name]
    command.make_context(name, arguments)


def test_the_tables_are_those_of_the_code() -> None:
    assert with_tables(TEXT) == TEXT, "run `make docs`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"\bBRIEF_([A-Z_]+)", path.read_text("utf-8")))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_figure_that_is_named_exists() -> None:
    known = set(re.findall(r"^\| `(brief_\w+)`", TEXT, re.MULTILINE))
    assert len(known) > 10
    for name in re.findall(r"\bbrief_[a-z_]+", TEXT + ALERTS):
        assert re.sub(r"_(bucket|sum|count)$", "", name) in known, name


def test_every_label_of_the_alerts_is_one_of_its_figure() -> None:
    metrics = Metrics()
    metrics.brief_ended("failed")
    metrics.refused("queue-full")
    metrics.delivery("dead")
    metrics.request(method="GET", route="/", status=500, seconds=0.1)
    told = metrics.render().decode()
    asked = re.findall(r'(brief_\w+)\{(\w+)(=~?)"([^"]+)"', ALERTS)
    assert len(asked) == 4
    for name, label, how, value in asked:
        values = set(re.findall(rf'^{name}\{{.*?{label}="([^"]+)"', told, re.MULTILINE))
        assert any(re.fullmatch(value, one) if how == "=~" else value == one for one in values), (
            name
        )
    assert "queue-full" in KINDS


def test_probes_do_not_count_as_requests_that_fail() -> None:
    [group] = yaml.safe_load(ALERTS)["groups"]
    [asked] = [one["expr"] for one in group["rules"] if one["alert"] == "RequestsFail"]
    selectors = re.findall(r"brief_http_request_seconds_count(\{[^}]*\})?", asked)
    assert len(selectors) == 2
    for selector in selectors:
        left_out = re.search(r'route!~"([^"]+)"', selector)
        assert left_out is not None, selector
        routes = ("/readyz", "/healthz", "/v1/briefs", "/v1/briefs/{brief_id}", "other")
        assert [one for one in routes if re.fullmatch(left_out[1], one)] == ["/readyz", "/healthz"]


@pytest.mark.parametrize("line", re.findall(r"^(?:[A-Z_]+=\S+ )*(brief .+)$", TEXT, re.MULTILINE))
def test_every_command_of_the_guide_can_be_given(line: str) -> None:
    words = shlex.split(line, comments=True)
    end = words.index(">") if ">" in words else len(words)
    check_arguments(words[1:end])


def test_every_link_of_the_guide_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)", TEXT)
    assert links
    assert [link for link in links if not (GUIDE.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["api", "worker"])
def test_the_commands_of_the_compose_file_can_be_given(name: str) -> None:
    check_arguments(COMPOSE["services"][name]["command"])


def test_the_compose_file_waits_for_what_it_depends_on() -> None:
    services = COMPOSE["services"]
    for name in ("api", "worker"):
        for other, how in services[name]["depends_on"].items():
            assert how == {"condition": "service_healthy"}
            assert services[other]["healthcheck"]["test"][0] == "CMD"
    assert set(COMPOSE["volumes"]) == {"db"}


def test_stopping_takes_longer_than_the_grace() -> None:
    grace = Settings.model_fields["grace_s"].default
    given = COMPOSE["services"]["worker"]["stop_grace_period"]
    assert int(given.removesuffix("s")) > grace
    for made in of_kind("Deployment"):
        assert made["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > grace


def test_the_commands_of_the_cluster_can_be_given() -> None:
    assert len(containers()) == 2
    for container in containers():
        check_arguments(container["args"])


def test_everything_in_the_cluster_runs_with_no_more_rights_than_it_needs() -> None:
    for made in of_kind("Deployment"):
        assert made["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
    for container in containers():
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


def test_the_probes_ask_ports_and_addresses_that_are_there() -> None:
    for container in containers():
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            for how in ("httpGet", "tcpSocket"):
                if asked := container.get(probe, {}).get(how):
                    assert asked["port"] in ports
                    assert asked.get("path", "/metrics") in ("/healthz", "/readyz", "/metrics")


def test_selectors_of_the_cluster_select_what_is_there() -> None:
    made = [one["spec"]["template"]["metadata"]["labels"] for one in of_kind("Deployment")]
    asked = [one["spec"]["selector"]["matchLabels"] for one in of_kind("Deployment")]
    asked += [one["spec"]["selector"] for one in of_kind("Service")]
    asked += [one["spec"]["selector"]["matchLabels"] for one in of_kind("PodDisruptionBudget")]
    asked += [one["spec"]["podSelector"]["matchLabels"] for one in of_kind("NetworkPolicy")]
    assert len(asked) == 7
    assert all(labels in made for labels in asked)


def test_the_image_has_what_the_shapes_need() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert '".[pdf,postgres,queue,tracing]"' in image
    assert "HEALTHCHECK" in image
    [last] = re.findall(r"^CMD (\[.*\])$", image, re.MULTILINE)
    check_arguments(yaml.safe_load(last))
    [user] = re.findall(r"--uid (\d+)", image)
    for made in of_kind("Deployment"):
        assert made["spec"]["template"]["spec"]["securityContext"]["runAsUser"] == int(user)
