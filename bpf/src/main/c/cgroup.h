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

/* By the table that is being written: programs of different tables interrupt each other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TABLE_TASKS + 1);
	__type(key, __u32);
	__type(value, struct cgroup_path);
} cgroup_path SEC(".maps");

/* By ring, control.names_epoch in which the name was last emitted. */
struct named {
	__u64 epoch[RINGS];
};

/* By cgroup id. LRU: forgetting one only names it again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct named);
} cgroups_named SEC(".maps");

/* By ring, which name was asked for last on this CPU and was there: spares most events the hash. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RINGS);
	__type(key, __u32);
	__type(value, __u64);
} last_named SEC(".maps");

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
 * Makes the record of a cgroup's name and returns its length, 0 when that cannot be.
 * Backwards, because only the leaf is at hand and a pointer to a kernel object cannot wait in an array (verifier).
 */
static __always_inline __u32 fill_cgroup_name(struct cgroup_path *scratch, struct cgroup *cgroup, __u64 id)
{
	struct kernfs_node *node = cgroup->kn;
	struct kernfs_node *parent;
	__u32 start = PATH_BYTES; /* of the path so far in scratch->backwards */
	__u32 length;
	long bytes;
	int i;

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
		return 0;
	bpf_probe_read_kernel(scratch->path, length, &scratch->backwards[start & (PATH_BYTES - 1)]);
	scratch->record.cgroup_id = id;
	scratch->record.path_offset = sizeof(scratch->record);
	scratch->record.path_length = length;
	return sizeof(scratch->record) + length;
}

static __always_inline void mark_named(__u64 id, enum ring ring, __u64 epoch)
{
	struct named *named = bpf_map_lookup_elem(&cgroups_named, &id);
	struct named first = {};

	if (named) {
		named->epoch[ring] = epoch;
		return;
	}
	first.epoch[ring] = epoch;
	bpf_map_update_elem(&cgroups_named, &id, &first, BPF_ANY);
}

/* One word for id and epoch, so that an interrupt cannot come between them. */
static __always_inline __u64 name_mark(__u64 id, __u64 epoch)
{
	return (id + 1) ^ (epoch * 0x9e3779b97f4a7c15ULL);
}

static __always_inline bool is_named(__u64 id, enum ring ring, __u64 epoch)
{
	struct named *named = bpf_map_lookup_elem(&cgroups_named, &id);

	return named && named->epoch[ring] == epoch;
}

/* Sees to it that the ring has the name of this cgroup in the spool being written, before a record of that table. */
static __always_inline void name_cgroup(struct cgroup *cgroup, __u64 id, enum ring ring, __u32 table)
{
	struct control *state = only_element(&control);
	struct cgroup_path *scratch;
	struct counter *counter;
	__u32 key = ring;
	__u64 *last = bpf_map_lookup_elem(&last_named, &key);
	__u64 epoch;
	__u32 bytes;

	if (!state || !last)
		return;
	epoch = state->names_epoch;
	if (*last == name_mark(id, epoch))
		return;
	if (!is_named(id, ring, epoch)) {
		counter = counter_of(TABLE_CGROUP_NAMES);
		scratch = bpf_map_lookup_elem(&cgroup_path, &table);
		if (!counter || !scratch)
			return;
		count(&counter->seen);
		bytes = fill_cgroup_name(scratch, cgroup, id);
		if (!bytes || bytes > sizeof(scratch->record) + PATH_BYTES) {
			count_lost(counter, bpf_ktime_get_boot_ns());
			return;
		}
		if (!emit(&scratch->record.header, bytes, ring, TABLE_CGROUP_NAMES, counter))
			return;
		mark_named(id, ring, epoch);
	}
	*last = name_mark(id, epoch);
}

#endif
