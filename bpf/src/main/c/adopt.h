/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_ADOPT_H
#define EXITBOX_ADOPT_H

/*
 * Whom to follow when the first is a living process: attached only while user space seeds map `followed`, so that none
 * of its descendants escapes meanwhile. From the moment in which the first is in the map, each living descendant is in
 * there too, or its parents up to one that is in there all live, and then it is as good as in: see is_followed. Such a
 * chain breaks when one of them dies and its children get another parent; adopt_orphans has put these in before. So
 * one look at each process that is alive (adopt_living) puts in all the rest.
 */

/* Of one process, looked at when it dies. */
#define CHILDREN 1024

/*
 * The children of a dying thread, before they get another parent. A child that is reaped in this moment is in no list
 * any more, or in one of itself alone: the walk begins again then.
 */
static __always_inline int orphans_adopted(struct task_struct *task, __u64 address)
{
	struct control *state = only_element(&control);
	__u64 head = address + bpf_core_field_offset(struct task_struct, children), node = word_at(head), child, next;
	__u32 tgid;
	int i;

	if (!is_followed(task))
		return 0;
	for (i = 0; i < CHILDREN && node != head; i++) {
		child = node - bpf_core_field_offset(struct task_struct, sibling);
		if (word_at(child + bpf_core_field_offset(struct task_struct, real_parent)) != address) {
			node = word_at(head);
			continue;
		}
		tgid = 0;
		bpf_probe_read_kernel(&tgid, sizeof(tgid), (void *)(child + bpf_core_field_offset(struct task_struct, tgid)));
		follow(tgid);
		next = word_at(node);
		node = next == node ? word_at(head) : next;
	}
	if (node != head && state)
		count(&state->not_followed);
	return 0;
}

static __always_inline int living_adopted(struct task_struct *task)
{
	struct control *state = only_element(&control);

	if (!task || !state || task->pid != task->tgid || !task->signal->live.counter || is_in_followed(task->tgid) ||
	    !descends(address_in(&task->group_leader)))
		return 0;
	follow(task->tgid);
	count(&state->adopted);
	return 0;
}

#endif
