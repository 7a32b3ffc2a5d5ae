import os
import socket
from pathlib import Path

import psycopg
import pytest
import redis

from pilotportal.trial import services
from pilotportal.trial.processes import TrialError
from pilotportal.trial.services import EmbeddedPostgres, EmbeddedValkey, embedded_services, started


@pytest.fixture
def folder(open_folder):
    (open_folder / "logs").mkdir()
    return open_folder


def postgres(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder=folder / "postgres", logs=folder / "logs", durable=False)


def valkey(folder: Path, *, durable: bool) -> EmbeddedValkey:
    return EmbeddedValkey(folder=folder / "valkey", logs=folder / "logs", durable=durable)


def test_rows_outlive_a_restart_and_the_socket_does_not(folder):
    with started([postgres(folder)]) as addresses, psycopg.connect(addresses["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '鄂尔多斯𠮷' AS name")
    second = postgres(folder)
    with started([second]) as addresses, psycopg.connect(addresses["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT name FROM kept").fetchone() == ("鄂尔多斯𠮷",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert second.sockets.stat().st_mode & 0o077 == 0
    assert not second.sockets.exists()
    assert not second.child.running


def test_an_initialisation_that_was_cut_short_is_done_again(folder):
    first = postgres(folder)
    (folder / "postgres" / "cluster.new").mkdir()
    (folder / "postgres" / "cluster.new" / "half").touch()
    with started([first]) as addresses, psycopg.connect(addresses["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("portal",)


def test_data_of_another_version_are_refused_with_a_sentence(folder):
    with started([postgres(folder)]):
        pass
    version = folder / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("12\n")
    second = postgres(folder)
    with pytest.raises(TrialError, match="made by PostgreSQL 12"), started([second]):
        pass
    assert not second.child.running


def test_valkey_asks_for_its_password(folder):
    with started([valkey(folder, durable=False)]) as addresses:
        assert redis.Redis.from_url(addresses["REDIS_URL"]).ping()
        port = redis.Redis.from_url(addresses["REDIS_URL"]).connection_pool.connection_kwargs["port"]
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


@pytest.mark.parametrize(("durable", "kept"), [(True, b"a task"), (False, None)])
def test_the_queue_is_kept_where_it_shall_be(folder, durable, kept):
    with started([valkey(folder, durable=durable)]) as addresses, redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        client.set("queued", "a task")
    with started([valkey(folder, durable=durable)]) as addresses, redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        assert client.get("queued") == kept


def test_a_port_that_was_taken_meanwhile_is_exchanged(folder):
    service = valkey(folder, durable=False)
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", service.port))
        squatter.listen()
        taken = service.port
        with started([service]) as addresses, redis.Redis.from_url(addresses["REDIS_URL"]) as client:
            assert client.ping()
            assert service.port != taken


def test_a_server_that_cannot_start_says_why_and_nothing_stays_behind(folder):
    first, second = valkey(folder, durable=False), postgres(folder)
    second.child.command.append("--no_such_setting=1")
    with pytest.raises(TrialError, match="no_such_setting"), started([first, second]):
        pass
    assert not first.child.running


def test_given_addresses_replace_the_servers(folder):
    given = {"DATABASE_URL": "postgresql://elsewhere/portal"}
    names = [service.variable for service in embedded_services(folder=folder, logs=folder / "logs", environment=given)]
    assert names == ["REDIS_URL"]
    assert embedded_services(folder=folder, logs=folder / "logs", environment=given | {"REDIS_URL": "redis://elsewhere"}) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_servers_of_a_folder_that_is_closed_to_them_live_outside(folder, monkeypatch):
    monkeypatch.setattr(services, "OUTSIDE", folder / "outside")
    closed = folder / "closed" / "data"
    closed.mkdir(parents=True)
    assert services.service_folder(closed) == closed / "services"
    closed.parent.chmod(0o700)
    assert services.service_folder(closed).parent == folder / "outside"
    with started(embedded_services(folder=closed, logs=folder / "logs", environment={}, durable=False)) as addresses:
        assert redis.Redis.from_url(addresses["REDIS_URL"]).ping()
        psycopg.connect(addresses["DATABASE_URL"]).close()


def test_folders_that_were_there_keep_their_mode(folder):
    private = folder / "private"
    private.mkdir(mode=0o700)
    services.passable(private / "new")
    assert private.stat().st_mode & 0o777 == 0o700
    assert (private / "new").stat().st_mode & 0o777 == 0o711
