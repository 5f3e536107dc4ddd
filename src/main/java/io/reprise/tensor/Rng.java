package io.reprise.tensor;

import java.nio.charset.StandardCharsets;

/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The
 * stream is a pure function of (key, position), so saving {@link #position()} saves the generator. Not thread-safe; give each
 * user a {@link #split(String) named stream} of its own.
 */
public final class Rng {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private final long key;
    private long position;
    private final int[] block = new int[4];
    private long blockIndex = -1;

    private Rng(long key, long position) {
        this.key = key;
        this.position = position;
    }

    public static Rng of(long seed) {
        return new Rng(seed, 0);
    }

    /** An independent stream named {@code name}; does not advance this one. */
    public Rng split(String name) {
        long hash = 0xcbf29ce484222325L; // FNV-1a 64
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return new Rng(mix(key ^ mix(hash)), 0);
    }

    /** This stream from {@code position} on, as saved by {@link #position()}. */
    public Rng at(long position) {
        return new Rng(key, position);
    }

    /** Number of 32-bit words drawn so far. */
    public long position() {
        return position;
    }

    public int nextInt() {
        long index = position >>> 2;
        if (index != blockIndex) {
            philox(index, 0, key, block);
            blockIndex = index;
        }
        return block[(int) (position++ & 3)];
    }

    public long nextLong() {
        return ((long) nextInt() << 32) | (nextInt() & 0xffffffffL);
    }

    /** Uniform in [0, bound), without bias (Lemire 2019, rejection). */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound is " + bound + ", expected a positive number");
        }
        long product = (nextInt() & 0xffffffffL) * bound;
        long low = product & 0xffffffffL;
        if (low < bound) {
            long threshold = (0x100000000L - bound) % bound;
            while (low < threshold) {
                product = (nextInt() & 0xffffffffL) * bound;
                low = product & 0xffffffffL;
            }
        }
        return (int) (product >>> 32);
    }

    /** Uniform in [0, 1) with 53 bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Standard normal (Box-Muller, cosine branch; two uniforms a draw so that the position stays simple). */
    public double nextGaussian() {
        double u = 1.0 - nextDouble();
        double v = nextDouble();
        return Math.sqrt(-2.0 * StrictMath.log(u)) * StrictMath.cos(2.0 * Math.PI * v);
    }

    /** A random permutation of 0..n-1 (Fisher-Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Philox4x32-10 of counter (counterLow, counterHigh) under {@code key}, written to {@code out}. */
    static void philox(long counterLow, long counterHigh, long key, int[] out) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (M1 & 0xffffffffL) * (c2 & 0xffffffffL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /** SplitMix64's finaliser (Steele et al. 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
