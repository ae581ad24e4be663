/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_FOLLOW_H
#define EXITBOX_FOLLOW_H

/*
 * With options.tree, the processes that events are recorded of, by tgid: user space puts in the first, a fork by one
 * of them adds the child, so daemons stay in, and a death takes out. The value means nothing.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u64);
} followed SEC(".maps");

static __always_inline bool is_followed(__u32 tgid)
{
	return !options.tree || bpf_map_lookup_elem(&followed, &tgid);
}

static __always_inline void follow_child(__u32 creator, __u32 child)
{
	__u64 value = 0;

	if (!options.tree)
		return;
	if (is_followed(creator))
		bpf_map_update_elem(&followed, &child, &value, BPF_ANY);
	else
		bpf_map_delete_elem(&followed, &child); /* left by an earlier process of this number */
}

static __always_inline void unfollow(__u32 tgid)
{
	if (options.tree)
		bpf_map_delete_elem(&followed, &tgid);
}

#endif
