/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_CGROUP_H
#define EXITBOX_CGROUP_H

/* The bounds of a path: more is cut off at the beginning. */
#define CGROUP_DEPTH 32
#define PATH_BYTES 4096
#define NAME_BYTES 256 /* NAME_MAX and the zero */

struct cgroup_path {
	struct cgroup_name_record record;
	char path[PATH_BYTES];
	char backwards[PATH_BYTES + NAME_BYTES]; /* filled from its end: the walk goes from the leaf to the root */
	char name[NAME_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cgroup_path);
} cgroup_path SEC(".maps");

/* The v1 memory cgroup, or the v2 one when memory is on the v2 hierarchy; NULL without a memory controller. */
static __always_inline struct cgroup *memory_cgroup(struct task_struct *task)
{
	struct cgroup_subsys_state *css;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		return NULL;
	css = *(struct cgroup_subsys_state **)((char *)task->cgroups->subsys +
					       sizeof(css) * bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id));
	return css ? css->cgroup : NULL;
}

/* The cgroup that says most about the task, and its id as records carry it. */
static __always_inline struct cgroup *cgroup_of(struct task_struct *task, __u64 *id)
{
	struct cgroup *cgroup = task->cgroups->dfl_cgrp;
	struct cgroup *memory;

	*id = cgroup->kn->id;
	if (cgroup->level)
		return cgroup;
	memory = memory_cgroup(task);
	if (!memory || memory == cgroup)
		return cgroup;
	*id = memory->kn->id | CGROUP_V1;
	return memory;
}

/* Whether the task is in options.cgroup or below it; no deeper than CGROUP_DEPTH levels. */
static __always_inline bool in_wanted_cgroup(struct task_struct *task)
{
	struct cgroup *cgroup = options.cgroup & CGROUP_V1 ? memory_cgroup(task) : task->cgroups->dfl_cgrp;
	struct cgroup_subsys_state *parent;
	int i;

	for (i = 0; cgroup && i < CGROUP_DEPTH; i++) {
		if (cgroup->kn->id == (options.cgroup & ~CGROUP_V1))
			return true;
		parent = cgroup->self.parent;
		if (!parent)
			return false;
		cgroup = parent->cgroup;
	}
	return false;
}

static __always_inline struct kernfs_node *parent_of(struct kernfs_node *node)
{
	if (bpf_core_field_exists(node->__parent))
		return node->__parent;
	return ((struct kernfs_node___before_6_15 *)node)->parent;
}

/*
 * Emits the path of a cgroup: the cold path, once per cgroup and epoch.
 * Backwards, because only the leaf is at hand and a pointer to a kernel object cannot wait in an array (verifier).
 */
static __always_inline bool emit_cgroup_name(struct cgroup *cgroup, __u64 id, struct counter *counter)
{
	struct cgroup_path *scratch = only_element(&cgroup_path);
	struct kernfs_node *node = cgroup->kn;
	struct kernfs_node *parent;
	__u32 start = PATH_BYTES; /* of the path so far in scratch->backwards */
	__u32 length;
	long bytes;
	int i;

	if (!scratch)
		return false;
	for (i = 0; i < CGROUP_DEPTH; i++) {
		parent = parent_of(node);
		if (!parent)
			break;
		bytes = bpf_probe_read_kernel_str(scratch->name, NAME_BYTES, node->name);
		if (bytes <= 1 || bytes > start)
			break;
		start -= bytes; /* one more than the name's: the slash */
		scratch->backwards[start & (PATH_BYTES - 1)] = '/';
		bpf_probe_read_kernel(&scratch->backwards[(start & (PATH_BYTES - 1)) + 1], (bytes - 1) & (NAME_BYTES - 1),
				      scratch->name);
		node = parent;
	}
	if (start == PATH_BYTES) /* the root itself */
		scratch->backwards[(--start) & (PATH_BYTES - 1)] = '/';
	if (parent_of(node)) /* cut off: see cgroup_name_record */
		start++;
	length = PATH_BYTES - start;
	if (length > PATH_BYTES)
		return false;
	bpf_probe_read_kernel(scratch->path, length, &scratch->backwards[start & (PATH_BYTES - 1)]);
	scratch->record.cgroup_id = id;
	scratch->record.path_offset = sizeof(scratch->record);
	scratch->record.path_length = length;
	return emit(&scratch->record.header, sizeof(scratch->record) + length, TABLE_CGROUP_NAMES, counter);
}

/* Sees to it that the spool being written has the name of this cgroup. */
static __always_inline void name_cgroup(struct cgroup *cgroup, __u64 id)
{
	__u64 *named = bpf_map_lookup_elem(&cgroups_named, &id);
	struct control *state = only_element(&control);
	struct counter *counter;
	__u64 epoch;

	if (!state)
		return;
	epoch = state->names_epoch;
	if (named && *named == epoch)
		return;
	counter = counter_of(TABLE_CGROUP_NAMES);
	if (!counter)
		return;
	counter->seen++;
	if (emit_cgroup_name(cgroup, id, counter))
		bpf_map_update_elem(&cgroups_named, &id, &epoch, BPF_ANY);
}

#endif
