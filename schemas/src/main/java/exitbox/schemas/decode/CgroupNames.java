package exitbox.schemas.decode;

import java.util.LinkedHashMap;

/// Paths of cgroups by id, as the kernel named them along the way. Each spool names those it needs;
/// a recorder that seals one after another keeps the names, so that a death whose cgroup was named
/// at the end of the spool before has its path too. Keeps the most recent ones only, and those of one
/// boot: the next one gives the same ids to others.
public final class CgroupNames {
    private static final int MOST_BYTES = 2 << 20;
    // What a name takes beside its bytes, roughly.
    private static final int OVERHEAD = 200;

    private final LinkedHashMap<Long, Name> names = new LinkedHashMap<>(64, 0.75f, true);
    private String bootId;
    private int bytes;
    private long lastId;
    private Name lastName;

    /// What follows is of this boot.
    void enter(String newBootId) {
        if (!newBootId.equals(bootId)) {
            names.clear();
            bytes = 0;
            lastName = null;
            bootId = newBootId;
        }
    }

    void put(long id, Name name) {
        Name before = names.put(id, name);
        bytes += size(name) - (before == null ? 0 : size(before));
        while (bytes > MOST_BYTES && names.size() > 1) {
            bytes -= size(names.pollFirstEntry().getValue());
        }
        lastName = null;
    }

    private static int size(Name name) {
        return OVERHEAD + name.raw().length + name.text().length;
    }

    Name get(long id) {
        if (lastName == null || id != lastId) {
            lastName = names.get(id);
            lastId = id;
        }
        return lastName;
    }
}
