/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_FOLLOW_H
#define EXITBOX_FOLLOW_H

/*
 * With options.tree, the processes that events are recorded of, by tgid: user space puts in the first, a fork by one
 * of them adds the child, so daemons stay in, and a death takes out. The value means nothing. User space says how many
 * there is room for; those that there is none for are counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} followed SEC(".maps");

/* On the way up; adopt_living is run until it finds nobody, so that what is deeper is found too. */
#define ANCESTORS 128

static __always_inline bool is_in_followed(__u32 tgid)
{
	return bpf_map_lookup_elem(&followed, &tgid);
}

static __always_inline __u64 leader_of(__u64 task)
{
	return word_at(task + bpf_core_field_offset(struct task_struct, group_leader));
}

/*
 * Whether a process, by its leader, is followed, or one that it descends from by parents that live. By probe reads and not
 * static, for the verifier looks at each turn of the loop: a typed load costs it as much as fifty other instructions.
 */
__attribute__((noinline)) int descends(__u64 process)
{
	__u64 parent;
	__u32 tgid;
	int i;

	for (i = 0; i < ANCESTORS; i++) {
		/* Before the look at the map: whoever gets another parent was put in before. */
		parent = leader_of(word_at(process + bpf_core_field_offset(struct task_struct, real_parent)));
		tgid = 0;
		bpf_probe_read_kernel(&tgid, sizeof(tgid), (void *)(process + bpf_core_field_offset(struct task_struct, tgid)));
		if (!tgid)
			return false;
		if (is_in_followed(tgid))
			return true;
		process = parent;
	}
	return false;
}

/* While user space finds out whom to follow: see adopt.h. */
static __always_inline bool is_seeding(void)
{
	struct control *state = only_element(&control);

	return state && state->seeding;
}

static __always_inline bool is_followed(struct task_struct *task)
{
	return !options.tree || is_in_followed(task->tgid) || (is_seeding() && descends(address_in(&task->group_leader)));
}

static __always_inline void follow(__u32 tgid)
{
	struct control *state = only_element(&control);
	__u64 value = 0;

	if (!state)
		return;
	count(&state->follows);
	if (bpf_map_update_elem(&followed, &tgid, &value, BPF_ANY))
		count(&state->not_followed);
}

/* What is in the map under the child's number was left by an earlier process. */
static __always_inline void follow_child(__u32 creator, struct task_struct *child, bool thread)
{
	__u32 number = child->pid;

	if (!options.tree)
		return;
	if (!thread && (is_in_followed(creator) || (is_seeding() && descends(leader_of(address_in(&child->real_parent))))))
		follow(number);
	else
		bpf_map_delete_elem(&followed, &number);
}

/* While user space is seeding the dead stay in: adopt_orphans has to know whose the children were. */
static __always_inline void unfollow(__u32 tgid)
{
	if (options.tree && !is_seeding())
		bpf_map_delete_elem(&followed, &tgid);
}

#endif
