-- The systemd unit that a cgroup belongs to, the innermost: nginx.service, session-3.scope; NULL when its path tells of none.
CREATE MACRO _unit(cgroup) AS nullif(regexp_extract(cgroup, '^.*/([^/]+\.(?:service|scope|socket|mount|swap))(?:/.*)?$', 1), '');
