/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_CGROUP_H
#define EXITBOX_CGROUP_H

/* The bounds of a path: more is cut off at the beginning. */
#define CGROUP_DEPTH 32
#define PATH_BYTES 4096
#define NAME_BYTES 256 /* NAME_MAX and the zero */

/* Where a walk stands is kept here and not on the stack, or the verifier follows each value through each step. */
struct cgroup_path {
	struct cgroup_name_record record;
	char path[PATH_BYTES];
	__u64 node;
	__u64 start; /* of the path so far in backwards */
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

/* By ring, one more than control.names_epoch when the name was last emitted; 0 never. */
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

/*
 * Where a task is. The pointers are loaded once and before the paths part: for each that is loaded from a trusted one verifiers
 * since 6.2 go through the names of all kernel types, again on each path that comes by.
 */
struct cgroups {
	struct cgroup *unified;
	struct kernfs_node *unified_node;
	struct cgroup_subsys_state *memory_state; /* NULL without a memory controller */
	struct cgroup *memory; /* of v1, or of v2 when memory is on that hierarchy */
};

static __always_inline struct cgroups cgroups_of(struct task_struct *task)
{
	struct css_set *set = task->cgroups;
	struct cgroups cgroups = { .unified = set->dfl_cgrp };

	cgroups.unified_node = cgroups.unified->kn;
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
		cgroups.memory_state = *(struct cgroup_subsys_state **)(
			(char *)set->subsys + sizeof(void *) * bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id));
		cgroups.memory = cgroups.memory_state->cgroup;
	}
	return cgroups;
}

/* The cgroup that says most about the task, and its id as records carry it. */
static __always_inline struct cgroup *cgroup_of(const struct cgroups *cgroups, __u64 *id)
{
	struct cgroup *memory = cgroups->memory;

	*id = cgroups->unified_node->id;
	if (cgroups->unified->level || !memory || memory == cgroups->unified)
		return cgroups->unified;
	*id = memory->kn->id | CGROUP_V1;
	return memory;
}

/* Whether the task is in options.cgroup or below it; no deeper than CGROUP_DEPTH levels. */
static __always_inline bool in_wanted_cgroup(struct task_struct *task)
{
	struct cgroups cgroups = cgroups_of(task);
	struct cgroup *cgroup = options.cgroup & CGROUP_V1 ? cgroups.memory : cgroups.unified;
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

/* A kernel pointer as a number. */
static __always_inline __u64 address_in(void *place)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), place);
	return word;
}

static __always_inline __u64 word_at(__u64 address)
{
	return address_in((void *)address);
}

static __always_inline __u64 parent_of(__u64 node)
{
	if (bpf_core_field_exists(struct kernfs_node, __parent))
		return word_at(node + bpf_core_field_offset(struct kernfs_node, __parent));
	return word_at(node + bpf_core_field_offset(struct kernfs_node___before_6_15, parent));
}

/*
 * Makes the record of a cgroup's name in the element of map cgroup_path, and returns its length; more than there is room for when that cannot be.
 * Not static: so the verifier looks at it once, and needs not know where it is called; a number instead of a pointer
 * for the same reason.
 */
__attribute__((noinline)) __u32 make_cgroup_name(__u64 node, __u64 id, __u32 element)
{
	struct cgroup_path *scratch = bpf_map_lookup_elem(&cgroup_path, &element);
	__u64 parent, start, length;
	long bytes;
	int i;

	if (!scratch)
		return UNKNOWN32;
	scratch->node = node;
	scratch->start = PATH_BYTES;
	for (i = 0; i < CGROUP_DEPTH; i++) {
		parent = parent_of(scratch->node);
		if (!parent)
			break;
		bytes = bpf_probe_read_kernel_str(scratch->name, NAME_BYTES,
						  (void *)word_at(scratch->node + bpf_core_field_offset(struct kernfs_node, name)));
		start = scratch->start - bytes; /* one more than the name's: the slash */
		barrier_var(start);
		if (bytes <= 1 || start >= PATH_BYTES)
			break;
		scratch->start = start;
		scratch->backwards[start & (PATH_BYTES - 1)] = '/';
		bpf_probe_read_kernel(&scratch->backwards[(start & (PATH_BYTES - 1)) + 1], (bytes - 1) & (NAME_BYTES - 1),
				      scratch->name);
		scratch->node = parent;
	}
	start = scratch->start;
	if (start >= PATH_BYTES) { /* the root itself */
		start = PATH_BYTES - 1;
		scratch->backwards[start] = '/';
	}
	if (parent_of(scratch->node)) /* cut off: see cgroup_name_record */
		start++;
	length = PATH_BYTES - start;
	barrier_var(start);
	barrier_var(length);
	if (length > PATH_BYTES)
		return UNKNOWN32;
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
		named->epoch[ring] = epoch + 1;
		return;
	}
	first.epoch[ring] = epoch + 1;
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

	return named && named->epoch[ring] == epoch + 1;
}

/* The cold path of name_cgroup. */
static __always_inline bool emit_cgroup_name(struct cgroup *cgroup, __u64 id, enum ring ring, __u32 table)
{
	struct cgroup_path *scratch = bpf_map_lookup_elem(&cgroup_path, &table);
	struct counter *counter = counter_of(TABLE_CGROUP_NAMES);
	__u64 bytes;

	if (!counter || !scratch)
		return false;
	count(&counter->seen);
	bytes = make_cgroup_name(address_in(&cgroup->kn), id, table);
	return emit(&scratch->record.header, bytes, sizeof(scratch->record) + PATH_BYTES, ring, TABLE_CGROUP_NAMES, counter);
}

/* Sees to it that the ring has the name of this cgroup in the spool being written, before a record of that table. */
static __always_inline void name_cgroup(struct cgroup *cgroup, __u64 id, enum ring ring, __u32 table)
{
	struct control *state = only_element(&control);
	__u32 key = ring;
	__u64 *last = bpf_map_lookup_elem(&last_named, &key);
	__u64 epoch;

	if (!state || !last)
		return;
	epoch = state->names_epoch;
	if (*last == name_mark(id, epoch))
		return;
	if (!is_named(id, ring, epoch)) {
		if (!emit_cgroup_name(cgroup, id, ring, table))
			return;
		mark_named(id, ring, epoch);
	}
	*last = name_mark(id, epoch);
}

/*
 * The two things a record needs. The id is looked up once more behind the name, last of all: kept in between it would
 * make the verifier go twice through what lies there.
 */
static __always_inline void name_cgroup_of(const struct cgroups *cgroups, enum ring ring, __u32 table)
{
	__u64 id;
	struct cgroup *cgroup = cgroup_of(cgroups, &id);

	name_cgroup(cgroup, id, ring, table);
}

static __always_inline __u64 cgroup_id_of(const struct cgroups *cgroups)
{
	__u64 id;

	cgroup_of(cgroups, &id);
	return id;
}

#endif
