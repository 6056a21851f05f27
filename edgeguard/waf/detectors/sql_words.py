"""The words of SQL that matter to a reader of injections, over the dialects, each with the part it plays in a statement.

A table of vocabulary only: what follows from a word is decided in `sql_reading`.
"""

from __future__ import annotations

_PARTS = {
    "logic": "and or xor",
    "not": "not exists binary prior any some",
    "compare": "like ilike rlike regexp glob match between in is similar sounds isnull notnull contains soundex against",
    "operator": "div mod collate escape uescape",
    "union": "union except intersect minus",
    "select": "select",
    "rows": "values table",
    "quantity": "all distinct distinctrow top sql_no_cache straight_join high_priority unique",
    "clause": "from where having limit offset group order into procedure join on using set by for fetch window returning with",
    "statement": "drop create alter truncate insert replace delete update exec execute call declare waitfor shutdown "
    "grant revoke copy merge attach load backup restore rename handler begin reconfigure pragma do",
    "case": "case",
    "branch": "when then else",
    "end": "end",
    "literal": "null true false current_user session_user system_user current_timestamp current_date current_time unknown "
    "sysdate localtime user",
    "as": "as",
    "order": "asc desc nulls first last",
}

WORDS: dict[bytes, str] = {word.encode(): part for part, words in _PARTS.items() for word in words.split()}

FALSY = frozenset((b"0", b"0.0", b"null", b"false", b"''", b'""'))

_DANGEROUS = (
    "sleep pg_sleep pg_sleep_for pg_sleep_until benchmark randomblob zeroblob extractvalue updatexml gtid_subset "
    "gtid_subtract load_file load_extension pg_read_file pg_ls_dir lo_import lo_export sys_eval sys_exec sys_get "
    "query_to_xml database_to_xml xmltype httpuritype readfile writefile opendatasource openrowset openquery "
    "fn_xe_file_target_read_file name_const ctxsys dbms_pipe dbms_lock dbms_session dbms_xmlgen dbms_xslprocessor dbms_ldap "
    "dbms_utility dbms_java dbms_scheduler utl_http utl_inaddr utl_file utl_smtp utl_tcp xp_cmdshell xp_dirtree "
    "xp_fileexist xp_regread xp_regwrite xp_subdirs sp_executesql sp_oacreate sp_oamethod sp_makewebtask sp_password "
    "sp_configure pg_stat_file pg_terminate_backend dblink dblink_connect"
)
DANGEROUS = frozenset(word.encode() for word in _DANGEROUS.split())
EVERYDAY = frozenset((b"sleep", b"benchmark", b"readfile", b"writefile", b"xmltype", b"openquery"))
"""Of the dangerous names, those that other languages and people use as well: a number or text must follow the parenthesis."""

_PROBING = (
    "char chr nchar concat concat_ws group_concat string_agg ascii ord substr substring substring_index mid left right "
    "length char_length len version database schema user current_user system_user session_user user_name db_name host_name "
    "hex unhex cast convert try_convert if iif ifnull nullif coalesce decode count md5 sha1 sha2 rand row row_count floor "
    "exp power lpad rpad instr locate position strcmp make_set elt field conv bin oct quote reverse replace repeat upper "
    "lower json_keys json_extract polygon multipoint linestring geometrycollection sysdate now to_char to_number object_id "
    "col_name sqlite_version current_setting current_database current_schema pg_user is_srvrolemember has_dbaccess typeof "
    "printf load_file connection_id last_insert_id found_rows uuid greatest least abs sign space stuff charindex patindex "
    "unicode json_value json_query xmlelement interval updatexml extractvalue listagg wm_concat translate soundex "
    "difference st_latfromgeohash st_pointfromgeohash"
)
PROBING = frozenset(word.encode() for word in _PROBING.split())

_CATALOGUE = (
    "information_schema sqlite_master sqlite_schema sqlite_temp_master pg_catalog pg_shadow pg_user pg_tables pg_class "
    "pg_database pg_stat_activity pg_authid pg_roles sysobjects syscolumns sysusers syslogins sysdatabases sysprocesses "
    "sysxlogins all_tables all_tab_columns all_users user_tables user_tab_columns dba_users dba_tables v$version v$instance "
    "v$session msysobjects msysaces mysql sys master performance_schema syscat sysibm rdb$database rdb$relations db_name "
    "innodb_table_stats"
)
CATALOGUE = frozenset(word.encode() for word in _CATALOGUE.split())
"""Tables that list tables, users and versions; counted only where a table's name is expected."""

_OBJECTS = frozenset(
    b"table database schema view index user function procedure trigger login role sequence column constraint temporary temp "
    b"materialized unique type domain extension aggregate event server or tablespace proc assembly".split()
)
SECOND: dict[bytes, frozenset[bytes]] = {
    b"drop": _OBJECTS,
    b"create": _OBJECTS,
    b"alter": _OBJECTS | {b"system"},
    b"truncate": frozenset((b"table",)),
    b"insert": frozenset((b"into", b"ignore", b"low_priority")),
    b"replace": frozenset((b"into",)),
    b"merge": frozenset((b"into",)),
    b"delete": frozenset((b"from", b"ignore", b"low_priority", b"quick")),
    b"waitfor": frozenset((b"delay", b"time")),
    b"backup": frozenset((b"database", b"log")),
    b"restore": frozenset((b"database", b"log")),
    b"attach": frozenset((b"database",)),
    b"load": frozenset((b"data", b"xml")),
    b"rename": frozenset((b"table",)),
}
"""What must follow a statement's verb where only few words can."""
