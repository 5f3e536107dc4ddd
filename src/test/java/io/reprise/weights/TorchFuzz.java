package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Opens changed copies of real files: a typed error or a file that can be read, soon, within little memory. */
final class TorchFuzz {
    static final Path PICKLES = Path.of("src/test/resources/pickles");

    /** Instructions of torch.save's, and of others. */
    private static final int[] INSTRUCTIONS = {
        '(', '.', '0', '1', '2', 'N', 'J', 'K', 'M', 'Q', 'R', 'X', 'U', 'T', 'a', 'b', 'c', 'e', 'h', 'i', 'j', 'o',
        'q', 'r', 's', 't', 'u', ')', ']', '}', 0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x93,
        0x94, 0x95
    };

    /** A file of 4 kB has no business with more; most of it is the directory and the buffers. */
    private static final long MOST_ALLOCATED = 3_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Path file;
    private int opened;
    private int refused;

    TorchFuzz(Path directory) throws IOException {
        file = directory.resolve("fuzz.bin");
        for (String name : new String[] {"zip-views", "legacy-views"}) {
            TorchFile.open(PICKLES.resolve(name + ".bin")).close(); // loads the classes
        }
    }

    int opened() {
        return opened;
    }

    int refused() {
        return refused;
    }

    static Stream<String> files() {
        return Stream.of("zip-views", "zip-f16", "zip-protocol4", "legacy-views", "legacy-f16", "legacy-types");
    }

    static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(PICKLES.resolve(name + ".bin"));
    }

    /** Every byte, each changed to {@code values} others. */
    void everyByte(String name, int values) throws IOException {
        byte[] original = bytes(name);
        for (int at = 0; at < original.length; at++) {
            Rng rng = Rng.of(at).split(name);
            for (int i = 0; i < values; i++) {
                byte[] changed = original.clone();
                changed[at] ^= (byte) (1 + rng.nextInt(255));
                survives(changed, name + ": byte " + at + " := " + changed[at]);
            }
        }
    }

    /** Several bytes of the first {@code most}, to instructions or anything. */
    void manyBytes(String name, int most, int seeds) throws IOException {
        byte[] original = bytes(name);
        int range = Math.min(most, original.length);
        for (int seed = 0; seed < seeds; seed++) {
            Rng rng = Rng.of(seed).split(name);
            byte[] changed = original.clone();
            for (int i = rng.nextInt(5); i >= 0; i--) {
                int at = rng.nextInt(range);
                changed[at] = (byte) (rng.nextInt(4) == 0 ? rng.nextInt(256) : instruction(rng));
            }
            survives(changed, name + ": seed " + seed);
        }
    }

    /** Instructions in any order, as the tensors' pickle of the old container. */
    void anyProgram(int seeds) throws IOException {
        for (int seed = 0; seed < seeds; seed++) {
            Rng rng = Rng.of(seed).split("program");
            Pickle pickle = Pickle.legacyStart().op(0x80, 2);
            for (int i = rng.nextInt(60); i >= 0; i--) {
                switch (rng.nextInt(6)) {
                    case 0 -> pickle.text("storage");
                    case 1 -> pickle.global("torch", "FloatStorage");
                    case 2 -> pickle.global("torch._utils", "_rebuild_tensor_v2");
                    case 3 -> pickle.global("collections", "OrderedDict");
                    default -> pickle.op(instruction(rng)).op(rng.nextInt(3));
                }
            }
            survives(pickle.stop(), "program " + seed);
        }
    }

    private static int instruction(Rng rng) {
        return INSTRUCTIONS[rng.nextInt(INSTRUCTIONS.length)];
    }

    private void survives(byte[] bytes, String what) throws IOException {
        Files.deleteIfExists(file); // some file systems write an overwritten file to the disk at once
        Files.write(file, bytes);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = System.nanoTime();
        try (TorchFile torch = TorchFile.open(file)) {
            for (String name : torch.names()) {
                if (torch.dtype(name).isFloatingPoint()) {
                    assertThat(torch.read(name)).hasSize(torch.shape(name).size());
                } else {
                    assertThat(torch.readLongs(name)).hasSize(torch.shape(name).size());
                }
            }
            opened++;
        } catch (WeightsFormatException e) {
            assertThat(e).as(what).hasMessageStartingWith(file + ": ");
            refused++;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + " gave " + e, e);
        }
        assertThat(System.nanoTime() - start).as(what).isLessThan(5_000_000_000L);
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .as(what)
                .isLessThan(MOST_ALLOCATED);
    }
}
