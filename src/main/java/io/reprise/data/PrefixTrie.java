package io.reprise.data;

import java.util.Arrays;

/** All listed sequences with their probabilities, by prefix. A node's children are a linked list. */
final class PrefixTrie implements Predictive {
    private static final int NONE = -1;

    private int[] token = new int[1024];
    private int[] firstChild = new int[1024];
    private int[] nextSibling = new int[1024];
    private double[] mass = new double[1024];
    private int size;
    private final PairTable pairs = new PairTable();

    PrefixTrie() {
        newNode(NONE, NONE); // the empty prefix
    }

    void add(Example example, double probability) {
        int node = 0;
        mass[0] += probability;
        for (int i = 0; i < example.length(); i++) {
            node = childOrNew(node, example.token(i));
            mass[node] += probability;
            if (i > 0 && example.scored(i)) {
                pairs.add(example.token(i - 1), example.token(i), probability);
            }
        }
    }

    @Override
    public double predict(int[] tokens, int length, double[] next) {
        int node = 0;
        for (int i = 0; i < length && node != NONE; i++) {
            node = child(node, tokens[i]);
        }
        if (node == NONE) {
            return Double.NEGATIVE_INFINITY;
        }
        double goesOn = 0;
        for (int c = firstChild[node]; c != NONE; c = nextSibling[c]) {
            goesOn += mass[c];
        }
        for (int c = firstChild[node]; c != NONE; c = nextSibling[c]) {
            next[token[c]] = mass[c] / goesOn;
        }
        return Math.log(goesOn);
    }

    /** The trie's probabilities have the components' shares in them already. */
    @Override
    public void addPairs(double share, PairTable table) {
        pairs.forEach((previous, next, expected) -> table.add(previous, next, share * expected));
    }

    private int child(int node, int wanted) {
        int c = firstChild[node];
        while (c != NONE && token[c] != wanted) {
            c = nextSibling[c];
        }
        return c;
    }

    private int childOrNew(int node, int wanted) {
        int found = child(node, wanted);
        if (found == NONE) {
            found = newNode(wanted, firstChild[node]);
            firstChild[node] = found;
        }
        return found;
    }

    private int newNode(int wanted, int sibling) {
        if (size == token.length) {
            token = Arrays.copyOf(token, 2 * size);
            firstChild = Arrays.copyOf(firstChild, 2 * size);
            nextSibling = Arrays.copyOf(nextSibling, 2 * size);
            mass = Arrays.copyOf(mass, 2 * size);
        }
        token[size] = wanted;
        firstChild[size] = NONE;
        nextSibling[size] = sibling;
        return size++;
    }
}
