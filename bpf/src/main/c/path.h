/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_PATH_H
#define EXITBOX_PATH_H

/*
 * Paths of files, by walking from the file to the root of the process: bpf_d_path is refused in these programs.
 * By probe reads, because a mount is found by subtracting from a typed pointer, which the verifier refuses.
 */

/* Names and mounts on the way; what is deeper is cut off at the beginning. */
#define PATH_DEPTH 128

enum { WALK_EXEC, WALK_TASKS, WALKS };

/* Where a walk stands. In a map and not on the stack, or the verifier follows each value through each step: E2BIG. */
struct path_walk {
	__u64 dentry;
	__u64 mnt;
	__u64 mnt_root;
	__u64 start; /* of the path so far in backwards */
	char backwards[PATH_BYTES + NAME_BYTES]; /* filled from PATH_BYTES down */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WALKS);
	__type(key, __u32);
	__type(value, struct path_walk);
} path_walk SEC(".maps");

/* As they stand one after another in struct dentry, to be read at once. */
struct dentry_name {
	__u64 parent;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	__u32 hash;
	__u32 length;
#else
	__u32 length;
	__u32 hash;
#endif
	__u64 name;
};

#define offset_of(type, field) bpf_core_field_offset(type, field)

/* From the top of a mount to the folder it is mounted on; false at the top of all. */
static __always_inline bool leave_mount(struct path_walk *walk)
{
	__u64 mount = walk->mnt - offset_of(struct mount, mnt);
	__u64 above = word_at(mount + offset_of(struct mount, mnt_parent));

	if (!above || above == mount)
		return false;
	walk->dentry = word_at(mount + offset_of(struct mount, mnt_mountpoint));
	walk->mnt = above + offset_of(struct mount, mnt);
	walk->mnt_root = word_at(walk->mnt + offset_of(struct vfsmount, mnt_root));
	return true;
}

/*
 * Walks from dentry to the root, and returns where in map path_walk the path begins, up to PATH_BYTES.
 * Not static: so the verifier looks at it once, not at each call.
 */
__attribute__((noinline)) __u32 walk_path(__u64 dentry, __u64 mnt, __u64 root_dentry, __u64 root_mnt, __u32 which)
{
	struct path_walk *walk = bpf_map_lookup_elem(&path_walk, &which);
	struct dentry_name part;
	__u64 start, length;
	bool whole = false;
	int i;

	if (!walk || !dentry || !mnt)
		return PATH_BYTES;
	walk->dentry = dentry;
	walk->mnt = mnt;
	walk->mnt_root = word_at(mnt + offset_of(struct vfsmount, mnt_root));
	walk->start = PATH_BYTES;
	for (i = 0; i < PATH_DEPTH && !whole; i++) {
		if (walk->dentry == root_dentry && walk->mnt == root_mnt) {
			whole = true;
		} else if (walk->dentry == walk->mnt_root) {
			whole = !leave_mount(walk);
		} else {
			if (bpf_probe_read_kernel(&part, sizeof(part), (void *)(walk->dentry + offset_of(struct dentry, d_parent))))
				break;
			length = part.length;
			start = walk->start - length - 1;
			barrier_var(start); /* else clang takes it apart again, and the verifier loses its bounds */
			if (length >= NAME_BYTES || start >= PATH_BYTES)
				break;
			walk->start = start;
			walk->backwards[start & (PATH_BYTES - 1)] = '/';
			bpf_probe_read_kernel(&walk->backwards[(start & (PATH_BYTES - 1)) + 1], length & (NAME_BYTES - 1),
					      (void *)part.name);
			whole = part.parent == walk->dentry; /* in no folder: a memfd */
			walk->dentry = part.parent;
		}
	}
	start = walk->start;
	if (!whole)
		return start < PATH_BYTES ? start + 1 : PATH_BYTES;
	if (start < PATH_BYTES)
		return start;
	walk->backwards[PATH_BYTES - 1] = '/';
	return PATH_BYTES - 1;
}

/* struct path as it stands in memory; numbers, because a function that is not static takes no kernel pointers. */
struct place {
	__u64 mnt;
	__u64 dentry;
};

static __always_inline struct place place_of(struct path *path)
{
	struct place place = {};

	bpf_probe_read_kernel(&place, sizeof(place), path);
	return place;
}

/*
 * Puts a path behind `end` bytes of text, room for PATH_BYTES, and returns its length; UNKNOWN32 when there is none.
 * `mask` bounds where it may begin.
 */
static __always_inline __u32 put_path(char *text, __u64 end, __u64 mask, struct place at, struct place root, __u32 which)
{
	struct path_walk *walk;
	__u64 start, length;

	if (offset_of(struct dentry, d_name) != offset_of(struct dentry, d_parent) + 8)
		return UNKNOWN32;
	start = walk_path(at.dentry, at.mnt, root.dentry, root.mnt, which);
	walk = bpf_map_lookup_elem(&path_walk, &which);
	if (!walk || start >= PATH_BYTES)
		return UNKNOWN32;
	length = PATH_BYTES - start;
	barrier_var(start); /* else clang leaves out the bounds it knows to hold, and the verifier does not */
	barrier_var(length);
	barrier_var(end);
	if (length > PATH_BYTES)
		return UNKNOWN32;
	bpf_probe_read_kernel(text + (end & mask), length, &walk->backwards[start & (PATH_BYTES - 1)]);
	return length;
}

#endif
