package exitbox.recorder;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a run does when there is no room for its events, as `--on-full` says, and what became of them then. For the drain's thread.
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
    private final Retirement retirement;
    private final Orders orders;
    private final Consumer<String> messages;
    private boolean counting;
    private boolean holding;
    private String why;
    private String ended;
    private long endedBefore;

    /// @param retirement what can make room
    /// @param orders is told to end the run, or to have sealed what is spooled
    /// @param messages takes lines for people
    Shortage(OnFull policy, Room room, Quota quota, Reserve reserve, Unwritten unwritten, Retirement retirement, Orders orders,
            Consumer<String> messages) {
        this.policy = policy;
        this.room = room;
        this.quota = quota;
        this.reserve = reserve;
        this.unwritten = unwritten;
        this.retirement = retirement;
        this.orders = orders;
        this.messages = messages;
    }

    Quota quota() {
        return quota;
    }

    /// Why there is no room, by what the file system says; null when there is, or will be when what waits is sealed.
    String lack() throws IOException {
        return room.spare() + retirement.pendingBytes() < 0 ? room.lack() : null;
    }

    /// Something is about to be written: room that is made from now on may come too late for it, and counts as being made.
    void attempt() {
        endedBefore = retirement.ended();
    }

    /// Whether something makes room, or has since then.
    boolean isRoomMade() {
        return retirement.isMakingRoom() || retirement.ended() != endedBefore;
    }

    /// There is no room.
    ///
    /// @param refused whether nothing can be written any more, whatever the options say
    /// @param drop whether deleting helps
    void full(String reason, boolean refused, boolean drop) throws IOException {
        // So that what is most needed can be written.
        reserve.free();
        if (drop && policy == OnFull.DROP_OLDEST) {
            retirement.makeRoom(refused);
        }
        if (isRoomMade()) {
            if (refused) {
                hold(reason);
            }
        } else if (orders.stopReason() != null || policy == OnFull.STOP) {
            orders.stop("disk full: " + reason);
            ended = reason;
            if (refused) {
                count(reason);
            }
        } else if (!counting) {
            messages.accept(reason + " — from now on events are counted, not kept, until there is room again");
            count(reason);
            orders.rotate(); // sealed it takes less
        }
    }

    /// Has those who can make room do it, while events are counted.
    void tryAgain() {
        retirement.tryAgain();
        if (policy == OnFull.DROP_OLDEST) {
            retirement.makeRoom(true);
        }
    }

    /// Why the run ended before it was told to; null when it did not.
    String ended() {
        return ended;
    }

    /// Gives up the reserve at the run's end.
    void retire() throws IOException {
        reserve.retire();
    }

    /// From now on events are counted.
    private void count(String reason) {
        counting = true;
        holding = false;
        why = reason;
    }

    /// From now on nothing is written, until [#goOn].
    private void hold(String reason) {
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
