/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_OOM_H
#define EXITBOX_OOM_H

/*
 * 1 when the kernel is looking for a victim because the limit of a memory cgroup was reached that this task is in:
 * mem_cgroup_oom_trylock() marks all below; 0 when not, or when a limit was set below what is in use.
 * UNKNOWN32 where a kernel has no v1 memory controller, which the mark belongs to since 6.12.
 */
static __always_inline __u32 memcg_oom(const struct cgroups *cgroups)
{
	/* cgroup_subsys_state is the first member. */
	struct mem_cgroup *memcg = (struct mem_cgroup *)cgroups->memory_state;
	bool locked = false;

	if (!bpf_core_field_exists(struct mem_cgroup, oom_lock) ||
	    !bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return UNKNOWN32;
	bpf_core_read(&locked, sizeof(locked), &memcg->oom_lock);
	return locked;
}

#endif
