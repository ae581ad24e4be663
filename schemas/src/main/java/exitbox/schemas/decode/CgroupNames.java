package exitbox.schemas.decode;

import java.util.LinkedHashMap;
import java.util.Map;

/// Paths of cgroups by id, as the kernel named them along the way. Each spool names those it needs;
/// a recorder that seals one after another keeps the names, so that a death whose cgroup was named
/// at the end of the spool before has its path too. Keeps the most recent ones only.
public final class CgroupNames {
    private static final int MOST = 8192;

    @SuppressWarnings("serial")
    private final Map<Long, Name> names = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Name> eldest) {
            return size() > MOST;
        }
    };
    private long lastId = -1;
    private Name lastName;

    void put(long id, Name name) {
        names.put(id, name);
        lastId = -1;
    }

    Name get(long id) {
        if (id != lastId) {
            lastName = names.get(id);
            lastId = id;
        }
        return lastName;
    }
}
