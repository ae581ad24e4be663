package exitbox.recorder;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What a run does when there is no room for its events, and what became of them then. For the drain's thread.
///
/// While it counts, nothing is written: events are taken out of the rings, so that the kernel has room to count the next,
/// and are summed up by table and CPU. It ends when the reserve could be made again. While it holds, nothing is written
/// either, and events wait in the rings: the room that is left is for those who are making more.
final class Shortage {
    private final OnFull policy;
    private final Room room;
    private final Quota quota;
    private final Reserve reserve;
    private final Unwritten unwritten;
    private boolean counting;
    private boolean holding;
    private String why;

    Shortage(OnFull policy, Room room, Quota quota, Reserve reserve, Unwritten unwritten) {
        this.policy = policy;
        this.room = room;
        this.quota = quota;
        this.reserve = reserve;
        this.unwritten = unwritten;
    }

    Quota quota() {
        return quota;
    }

    OnFull policy() {
        return policy;
    }

    /// Why there is no room, by what the file system says; null when there is, or will be when these bytes are sealed.
    String lack(long pendingBytes) throws IOException {
        return room.spare() + pendingBytes < 0 ? room.lack() : null;
    }

    /// Gives up the reserve, so that what is most needed can be written.
    void free() throws IOException {
        reserve.free();
    }

    /// The same at the run's end.
    void retire() throws IOException {
        reserve.retire();
    }

    /// From now on events are counted.
    void count(String reason) {
        counting = true;
        holding = false;
        why = reason;
    }

    /// From now on nothing is written, until [#goOn].
    void hold(String reason) {
        holding = true;
        why = reason;
    }

    void goOn() {
        holding = false;
    }

    String why() {
        return why;
    }

    boolean holding() {
        return holding;
    }

    /// Whether nothing is written now.
    boolean pausing() {
        return counting || holding;
    }

    boolean counting() {
        return counting;
    }

    /// Whether there is room again.
    boolean isOver() throws IOException {
        return reserve.held() && room.spare() >= 0 && !quota.isReached();
    }

    Unwritten unwritten() {
        return unwritten;
    }

    /// Ends the counting; returns what was counted, as rows of `gaps`.
    List<Map<String, Object>> end() {
        counting = false;
        return unwritten.take(why);
    }

    /// How large a spool may grow, so that the reserve suffices to seal it.
    long spoolBytes() {
        return reserve.bytes() * Reserve.SHARE;
    }
}
