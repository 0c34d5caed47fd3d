"""Who a session is, and that the database believes only its token."""

import pytest
from django.db import connection

from lightkeeper.apps.accounts.services import Power, actor_now, check_may
from lightkeeper.core.access import acting
from lightkeeper.core.errors import NotPermitted

pytestmark = pytest.mark.usefixtures("rolled_back")


def test_the_suite_does_not_run_as_owner_or_superuser():
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper or rolbypassrls, "
            "exists (select 1 from pg_tables where tableowner = current_user) "
            "from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == ("lk_web", False, False)


def test_a_session_says_who_acts(as_):
    ada = as_("ada")

    assert (ada.name, ada.agency.code, ada.roles) == ("Ada Marsh", "centre-hub", ("analyst",))


def test_no_session_is_nobody(tokens):
    assert actor_now() is None


def test_a_guessed_token_is_nobody(tokens):
    with acting.with_session("guess"):
        assert actor_now() is None


def test_the_worker_setting_is_not_believed_from_the_web_role(tokens):
    with acting.with_errand(1):
        assert actor_now() is None


def test_the_web_role_cannot_read_passwords_or_sessions(as_):
    as_("ada")
    for table in ("accounts_credential", "sec.session", "sec.context"):
        with connection.cursor() as cursor:
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            assert cursor.fetchone() == (False,)


def test_what_a_role_may_not_do_is_refused_in_words(as_):
    with pytest.raises(NotPermitted, match="judge links"):
        check_may(as_("ben"), Power.JUDGE)
