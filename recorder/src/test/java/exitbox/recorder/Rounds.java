package exitbox.recorder;

/// How often live cases are run: seldom, or as often as `bin/test --live ROUNDS` says.
final class Rounds {
    private Rounds() {
    }

    /// @param seldom how often when nobody asks for more
    static int orElse(int seldom) {
        return Integer.getInteger("exitbox.rounds", seldom);
    }
}
