-- The id of the container that a cgroup belongs to, 64 hexadecimal digits, from its path; NULL when it tells of none.
-- Of containers within containers the inner one. conmon, which watches a container, is none of its processes.
CREATE MACRO _container(cgroup) AS CASE
    WHEN NOT regexp_matches(cgroup, '(?:libpod|crio)-conmon-') THEN nullif(regexp_extract(cgroup, '^(?:.*[/:-])?([0-9a-f]{64})(?:\.scope)?(?:/.*)?$', 1), '')
END;
