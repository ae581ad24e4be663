-- What runs the container of a cgroup: docker, containerd, cri-o, podman; kubernetes where the path of its pod does not say
-- which of them; NULL when it tells of no container or nothing of its runtime.
CREATE MACRO _runtime(cgroup) AS CASE regexp_extract(cgroup, '^(?:.*[/:.-])?(docker|containerd|nerdctl|crio|libpod)[/:-][0-9a-f]{64}(?:\.scope)?(?:/.*)?$', 1)
    WHEN 'docker' THEN 'docker'
    WHEN 'containerd' THEN 'containerd'
    WHEN 'nerdctl' THEN 'containerd'
    WHEN 'crio' THEN 'cri-o'
    WHEN 'libpod' THEN 'podman'
    ELSE CASE WHEN _container(cgroup) IS NOT NULL AND regexp_matches(cgroup, '(?:^|/)kubepods') THEN 'kubernetes' END
END;
