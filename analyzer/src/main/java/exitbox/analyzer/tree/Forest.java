package exitbox.analyzer.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who is whose child, as numbers: a million processes take a few megabytes. Links may be anything, circles included.
final class Forest {
    /// A line of the tree.
    ///
    /// @param node the process
    /// @param last the last process that the line stands for, when it stands for several that are alike
    /// @param count how many it stands for
    /// @param above the parent's line; null for a root
    /// @param more whether siblings follow
    /// @param circle whether its ancestors lead back to it
    record Line(int node, int last, int count, Line above, int depth, boolean more, boolean circle) {
        static Line root(int node, boolean circle) {
            return new Line(node, node, 1, null, 0, false, circle);
        }
    }

    private static final int FEW = 4;

    private final int[] parents;
    private final int[] alike;
    private final BitSet wanted = new BitSet();
    private final BitSet shown = new BitSet();
    private int[] firstChild;
    private int[] nextSibling;
    private boolean each;

    Forest(int count) {
        parents = new int[count];
        alike = new int[count];
    }

    /// A process, its parent (-1 when there is none), and a number that it shares with those that look the same.
    void put(int node, int parent, int sameAs, boolean isWanted) {
        parents[node] = parent;
        alike[node] = sameAs;
        wanted.set(node, isWanted);
    }

    boolean isWanted(int node) {
        return wanted.get(node);
    }

    int wanted() {
        return wanted.cardinality();
    }

    /// Chooses those that are wanted and their ancestors, and all below them if so asked.
    void choose(boolean descendants) {
        link();
        shown.or(wanted);
        if (descendants) {
            int[] stack = wanted.stream().toArray();
            int size = stack.length;
            BitSet below = new BitSet();
            while (size > 0) {
                for (int child = firstChild[stack[--size]]; child >= 0; child = nextSibling[child]) {
                    if (!below.get(child)) {
                        below.set(child);
                        shown.set(child);
                        stack = size == stack.length ? Arrays.copyOf(stack, 2 * size + 8) : stack;
                        stack[size++] = child;
                    }
                }
            }
        }
        for (int node = wanted.nextSetBit(0); node >= 0; node = wanted.nextSetBit(node + 1)) {
            for (int parent = parents[node]; parent >= 0 && !shown.get(parent); parent = parents[parent]) {
                shown.set(parent);
            }
        }
    }

    // Children in the order of their numbers.
    private void link() {
        firstChild = new int[parents.length];
        nextSibling = new int[parents.length];
        Arrays.fill(firstChild, -1);
        for (int node = parents.length - 1; node >= 0; node--) {
            if (parents[node] >= 0) {
                nextSibling[node] = firstChild[parents[node]];
                firstChild[parents[node]] = node;
            }
        }
    }

    /// The tree's lines, at most so many. Childless siblings that look the same share a line, unless each is to have its own.
    List<Line> lines(int most, boolean eachItsOwn) {
        each = eachItsOwn;
        List<Line> lines = new ArrayList<>();
        BitSet done = new BitSet();
        for (int node = shown.nextSetBit(0); node >= 0; node = shown.nextSetBit(node + 1)) {
            if (parents[node] < 0) {
                below(Line.root(node, false), lines, most, done);
            }
        }
        // Whoever is left has no root above: its ancestors lead back to it.
        for (int node = shown.nextSetBit(0); node >= 0; node = shown.nextSetBit(node + 1)) {
            if (!done.get(node)) {
                below(Line.root(inCircle(node), true), lines, most, done);
            }
        }
        return lines;
    }

    /// How many processes the lines stand for.
    static int processes(List<Line> lines) {
        return lines.stream().mapToInt(Line::count).sum();
    }

    int shown() {
        return shown.cardinality();
    }

    /// The first in the circle that a process hangs on.
    private int inCircle(int node) {
        BitSet seen = new BitSet();
        int at = node;
        while (!seen.get(at)) {
            seen.set(at);
            at = parents[at];
        }
        int first = at;
        for (int next = parents[at]; next != at; next = parents[next]) {
            first = Math.min(first, next);
        }
        return first;
    }

    private void below(Line root, List<Line> lines, int most, BitSet done) {
        List<Line> stack = new ArrayList<>(List.of(root));
        while (!stack.isEmpty() && lines.size() < most) {
            Line line = stack.removeLast();
            if (done.get(line.node())) {
                continue;
            }
            done.set(line.node());
            lines.add(line);
            if (line.count() == 1) {
                children(line, done, stack);
            }
        }
        // Those that no line was left for.
        for (Line line : stack) {
            done.set(line.node());
        }
        if (lines.size() >= most) {
            done.or(shown);
        }
    }

    private void children(Line line, BitSet done, List<Line> stack) {
        Map<Integer, Integer> counts = new HashMap<>();
        Map<Integer, Integer> lasts = new HashMap<>();
        List<Integer> children = new ArrayList<>();
        for (int child = firstChild[line.node()]; child >= 0; child = nextSibling[child]) {
            if (shown.get(child) && !done.get(child)) {
                children.add(child);
                if (isLeaf(child)) {
                    counts.merge(alike[child], 1, Integer::sum);
                    lasts.put(alike[child], child);
                }
            }
        }
        List<Integer> firsts = new ArrayList<>();
        Map<Integer, Integer> said = new HashMap<>();
        for (int child : children) {
            boolean together = !each && isLeaf(child) && counts.get(alike[child]) >= FEW;
            if (!together || said.putIfAbsent(alike[child], child) == null) {
                firsts.add(child);
            } else {
                done.set(child);
            }
        }
        for (int i = firsts.size() - 1; i >= 0; i--) {
            int child = firsts.get(i);
            boolean together = said.containsKey(alike[child]) && said.get(alike[child]) == child;
            stack.add(new Line(child, together ? lasts.get(alike[child]) : child, together ? counts.get(alike[child]) : 1, line,
                    line.depth() + 1, i < firsts.size() - 1, false));
        }
    }

    private boolean isLeaf(int node) {
        for (int child = firstChild[node]; child >= 0; child = nextSibling[child]) {
            if (shown.get(child)) {
                return false;
            }
        }
        return true;
    }
}
