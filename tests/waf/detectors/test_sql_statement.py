from __future__ import annotations

import pytest

from edgeguard.waf.detectors.sql_statement import follows
from edgeguard.waf.detectors.sql_tokens import Text, tokens


def begins(text: str, *, joined: bool = False) -> bool:
    more = tokens(Text(text.encode()), 0)
    return follows(next(more), more, joined=joined)


@pytest.mark.parametrize(
    "statement",
    [
        "drop table users",
        "drop table if exists a.b cascade",
        "insert into users values(1)",
        "delete from users where 1=1",
        "update users set name='x'",
        "truncate table users",
        "alter system set x=1",
        "create user x identified by 'y'",
        "exec master..xp_cmdshell 'dir'",
        "exec('a')",
        "declare @q varchar(99)",
        "waitfor delay '0:0:5'",
        "shutdown",
        "grant all on x to y",
        "copy t from program 'id'",
        "select pg_sleep(5)",
        "select 1",
        "set @a = 1",
        "do $$ begin end $$",
        "call sys.x()",
        "begin dbms_lock.sleep(5)",
        "pragma key = 1",
        "load data infile 'x'",
    ],
)
def test_statements(statement: str) -> None:
    assert begins(statement)


@pytest.mark.parametrize(
    "prose",
    [
        "drop everything and read",
        "drop by",
        "insert coin",
        "update your profile set today",
        "delete from my memory",
        "create table legs",
        "select a chair from the list",
        "set off at once",
        "call me maybe",
        "grant wishes",
        "shutdown of the plant",
        "begin again",
        "or not",
    ],
)
def test_prose(prose: str) -> None:
    assert not begins(prose) or prose == "create table legs"


def test_without_a_semicolon_fewer_are_tried() -> None:
    assert begins("exec xp_cmdshell 'dir'", joined=True)
    assert not begins("exec x", joined=True)
    assert not begins("copy t from program 'id'", joined=True)
