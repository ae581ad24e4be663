package exitbox.analyzer.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What somebody may have meant who typed something else.
public final class Nearest {
    private Nearest() {}

    /// The word that takes the fewest changes to become, when these are few; else null.
    public static String to(String typed, Collection<String> words) {
        List<String> nearest = several(typed, words, 1);
        return nearest.isEmpty() ? null : nearest.getFirst();
    }

    /// Those that take few changes to become, the nearest first; equally near ones in their order.
    public static List<String> several(String typed, Collection<String> words, int most) {
        int far = Math.max(2, typed.length() / 3);
        return words.stream().map(word -> new Near(word, Math.abs(word.length() - typed.length()) > far ? far + 1 : distance(typed, word)))
                .filter(near -> near.distance <= far).sorted(Comparator.comparingInt(Near::distance)).limit(most).map(Near::word).toList();
    }

    private record Near(String word, int distance) {}

    /// Letters to insert, drop or change; two that are swapped count as one.
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
