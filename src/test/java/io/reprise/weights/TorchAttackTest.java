package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickles that do something else than building tensors, or claim more than they have. */
class TorchAttackTest {
    private static final Path PICKLES = Path.of("src/test/resources/pickles");
    private static final String CODE = "the file may try to run code, and was not read further";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "attack-system, posix.system",
        "attack-exec, __builtin__.exec",
        "attack-eval, __builtin__.eval",
        "attack-attrgetter, operator.attrgetter"
    })
    void whatPythonWouldRunIsRefusedByName(String file, String global) {
        refused(PICKLES.resolve(file + ".bin"), "names \"" + global + "\"", CODE);
        refused(PICKLES.resolve(file + "-legacy.bin"), "names \"" + global + "\"", CODE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused-module|names \"torch.nn.modules.linear.Linear\"",
                "refused-uint16|stores a tensor as torch.uint16, expected one of F64",
                "refused-complex|stores a tensor as torch.ComplexFloatStorage, expected one of F64",
                "refused-epoch|holds a number under \"epoch\", expected only tensors; save model.state_dict() alone",
                "refused-tensor|holds a tensor, expected the tensors of model.state_dict()",
                "refused-expanded|shows a storage of 1 elements as [1000]; save it with .contiguous()",
                "refused-script|is a TorchScript program, expected the tensors of model.state_dict()"
            })
    void whatTorchWritesAndWeDoNotReadIsSaidSo(String file, String message) {
        refused(PICKLES.resolve(file + ".bin"), message);
    }

    static Stream<Arguments> programs() {
        Pickle nested = Pickle.start().op(']', 'q', 0);
        for (int i = 0; i < 60; i++) { // each list holds the one before twice: 2^60 in all
            nested.op(']', '(', 'h', i, 'h', i, 'e', 'q', i + 1);
        }
        return Stream.of(
                attack("protocol 0", Pickle.raw().ascii("cos\nsystem\n(S'ls'\ntR."), "names \"os.system\"", CODE),
                attack("an instance", Pickle.raw().ascii("(S'ls'\nios\nsystem\n."), "0x53"),
                attack("an instance without text", Pickle.raw().ascii("(ios\nsystem\n."), "names \"os.system\"", CODE),
                attack(
                        "an instance of what tensors need",
                        Pickle.raw().ascii("(icollections\nOrderedDict\n."),
                        "instruction 0x69",
                        CODE),
                attack(
                        "a global from the stack",
                        Pickle.start().text("builtins").text("eval").op(0x93),
                        "names \"builtins.eval\"",
                        CODE),
                attack(
                        "a chain of getattr",
                        Pickle.start().global("builtins", "getattr"),
                        "names \"builtins.getattr\""),
                attack(
                        "a name within an admitted one",
                        Pickle.start().global("torch", "_utils._rebuild_tensor_v2.__globals__"),
                        "names \"torch._utils._rebuild_tensor_v2.__globals__\"",
                        CODE),
                attack("a module that loads another", Pickle.start().global("torch.hub", "load"), "torch.hub.load"),
                attack(
                        "a loader",
                        Pickle.start().global("torch.storage", "_load_from_bytes"),
                        "_load_from_bytes",
                        CODE),
                attack(
                        "a constructor that the library knows",
                        Pickle.start().global("decimal", "Decimal"),
                        "decimal.Decimal"),
                attack("another", Pickle.start().global("__builtin__", "bytearray"), "__builtin__.bytearray", CODE),
                attack("a third", Pickle.start().global("copy_reg", "_reconstructor"), "copy_reg._reconstructor", CODE),
                attack(
                        "words for the terminal",
                        Pickle.start().global("\u001b[2Jos", "system"),
                        "names \"?[2Jos.system\""),
                attack(
                        "a very long name",
                        Pickle.start().global("a".repeat(1000), "b"),
                        "a name of more than 256 bytes"),
                attack(
                        "a very long name on the stack",
                        Pickle.start().text("a".repeat(1000)).text("b").op(0x93),
                        "names \"" + "a".repeat(256) + ".b\""),
                attack(
                        "new",
                        Pickle.start().global("collections", "OrderedDict").op(')', 0x81),
                        "0x81",
                        CODE),
                attack("new with keywords", Pickle.start().op(')', '}', 0x92), "0x92", CODE),
                attack(
                        "an object",
                        Pickle.start()
                                .op('(')
                                .global("collections", "OrderedDict")
                                .op('o'),
                        "0x6f",
                        CODE),
                attack("an extension", Pickle.start().op(0x82, 1), "0x82", CODE),
                attack("a persistent id as text", Pickle.raw().op('(').ascii("Pkey\n."), "0x50", CODE),
                attack("a buffer from elsewhere", Pickle.start().op(0x97), "0x97", CODE),
                attack(
                        "a call of a class of storages",
                        Pickle.start().global("torch", "FloatStorage").op(')', 'R'),
                        "calls a Python class or function",
                        CODE),
                attack("a call of a text", Pickle.start().text("os.system").op(')', 'R'), "calls a text", CODE),
                attack(
                        "a call of a tensor",
                        Pickle.start()
                                .tensor(4, 0, new long[] {4}, new long[] {1})
                                .op(')', 'R'),
                        "calls a tensor",
                        CODE),
                attack(
                        "a call without a tuple",
                        Pickle.start().global("collections", "OrderedDict").op('N', 'R'),
                        "None"),
                attack(
                        "the state of a tensor",
                        Pickle.start()
                                .tensor(4, 0, new long[] {4}, new long[] {1})
                                .op('}', 'b'),
                        "sets the state of a tensor",
                        CODE),
                attack(
                        "a state with a method",
                        Pickle.start().op('}', '}').text("__reduce__").op('N', 's', 'b'),
                        "sets the state of a dict",
                        CODE),
                attack(
                        "a map of a number",
                        Pickle.start().global("collections", "OrderedDict").op('K', 1, 0x85, 'R'),
                        "a map of a number"),
                attack(
                        "a list of pairs that are none",
                        Pickle.start().global("collections", "OrderedDict").op(']', 'K', 1, 'a', 0x85, 'R'),
                        "something else than pairs"),
                attack(
                        "a parameter of nothing",
                        Pickle.start()
                                .global("torch._utils", "_rebuild_parameter")
                                .op(')', 'R'),
                        "makes a parameter of"),
                attack(
                        "a tensor of nothing",
                        Pickle.start()
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .op(')', 'R'),
                        "makes a tensor of"),
                attack(
                        "an id of something else",
                        Pickle.start().text("os").op(0x85, 'Q'),
                        "something else than a storage"),
                attack("an id that is no tuple", Pickle.start().text("os").op('Q'), "a text where a tuple belongs"),
                attack("a text of 4 GB", Pickle.start().op('X').little(0xffffffffL, 4), "4294967295 bytes are claimed"),
                attack(
                        "a text of 2^63",
                        Pickle.start().op(0x8d).little(Long.MIN_VALUE, 8),
                        "9223372036854775808 bytes"),
                attack("a text of 2^62", Pickle.start().op(0x8d).little(1L << 62, 8), "4611686018427387904 bytes"),
                attack("a text of 2 GB", Pickle.start().op('T').little(0x7fffffff, 4), "2147483647 bytes are claimed"),
                attack("bytes of 2^62", Pickle.start().op(0x8e).little(1L << 62, 8), "0x8e"),
                attack("a number of 2 GB", Pickle.start().op(0x8b).little(0x7fffffff, 4), "0x8b"),
                attack("a short text that isn't there", Pickle.start().op(0x8c, 200, 'a'), "200 bytes are claimed"),
                attack("a number that isn't there", Pickle.start().op(0x8a, 255, 1), "255 bytes are claimed"),
                attack(
                        "a frame that isn't there",
                        Pickle.start().op(0x95).little(-1, 8).op('N'),
                        "holds None"),
                attack(
                        "a memo of 2^31",
                        Pickle.start().op('N', 'r').little(0xffffffffL, 4).op('.'),
                        "holds None"),
                attack("a memo that isn't there", Pickle.start().op('h', 7), "broken pickle, before byte "),
                attack("nothing on the stack", Pickle.start(), "broken pickle, before byte "),
                attack("nothing to put", Pickle.start().op('q', 0), "broken pickle"),
                attack("no mark", Pickle.start().op('N', 't'), "broken pickle"),
                attack("no mark for items", Pickle.start().op('}', 'N', 'u'), "broken pickle"),
                attack(
                        "a name without a value",
                        Pickle.start().op('}', '(').text("a").op('u'),
                        "a name without a value"),
                attack("items for a list", Pickle.start().op(']').text("a").op('N', 's'), "puts entries into a list"),
                attack("elements for a map", Pickle.start().op('}', 'N', 'a'), "broken pickle"),
                attack("protocol 9", Pickle.raw().op(0x80, 9), "broken pickle"),
                attack("a list that holds itself", Pickle.start().op(']', 'q', 0, 'h', 0, 'a'), "holds a list"),
                attack(
                        "itself as a name",
                        Pickle.start().op('}', ']', 'q', 0, 'h', 0, 'a', 'N', 's'),
                        "has a list for the name of a tensor"),
                attack(
                        "a name twice",
                        Pickle.start().op('}').text("a").op('N', 's').text("a").op('N', 's'),
                        "\"a\" twice"),
                attack("2^60 lists", nested, "holds a list"),
                attack(
                        "a million lists in one another",
                        Pickle.start().repeat(900_000, ']').repeat(899_999, 'a'),
                        "holds a list"),
                attack("tuples in one another", Pickle.start().op('N').repeat(1_900_000, 0x85), "holds a tuple"),
                attack("a tuple of marks", Pickle.start().repeat(1_000_000, '(').repeat(900_000, 't'), "holds a tuple"),
                attack(
                        "three million instructions",
                        Pickle.start().repeat(3_000_000, 'N'),
                        "more than 2000000 instructions"),
                attack(
                        "three million entries in the memo",
                        Pickle.start().op('N').repeat(3_000_000, 0x94),
                        "more than 2000000"),
                attack(
                        "one list, filled a million times",
                        Pickle.start().op(']').repeat(400_000, '(', 'N', 'e'),
                        "holds a list"),
                attack("seventeen megabytes", Pickle.start().repeat(84_000, shortText(200)), "has a pickle of "));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void refusesTheProgramInEveryContainer(String name, byte[] pickle, String[] messages) throws IOException {
        Path archive = Pickle.archive(directory.resolve("m.bin"), pickle, 4);
        Path bare = Files.write(directory.resolve("bare.bin"), pickle);
        Path legacy = Files.write(
                directory.resolve("legacy.bin"),
                Pickle.legacyStart().op(toInts(pickle)).bytes());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        Assertions.assertTimeout(Duration.ofSeconds(20), () -> {
            refused(archive, messages);
            refused(legacy, messages);
            // without torch.save's first pickle it is at least not a file of torch.save
            assertThatThrownBy(() -> TorchFile.open(bare)).isInstanceOf(WeightsFormatException.class);
        });
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        // at most 2,000,000 objects of 100 bytes and the doublings of the lists that they are in, three times
        assertThat(allocated).isLessThan(3 * 400_000_000L);
    }

    static Stream<Arguments> geometries() {
        long[] none = {};
        return Stream.of(
                shape("too long", 4, 0, new long[] {5}, new long[] {1}, "reaches beyond its storage of 4 elements"),
                shape("too far on", 4, 2, new long[] {3}, new long[] {1}, "reaches beyond its storage"),
                shape("too far apart", 4, 0, new long[] {2}, new long[] {4}, "reaches beyond its storage"),
                shape("a negative stride", 4, 3, new long[] {4}, new long[] {-1}, "reaches beyond its storage"),
                shape("a negative offset", 4, -1, new long[] {2}, new long[] {1}, "reaches beyond its storage"),
                shape("a stride of 2^63", 4, 0, new long[] {2}, new long[] {Long.MAX_VALUE}, "reaches beyond"),
                shape(
                        "strides that overflow",
                        4,
                        0,
                        new long[] {3, 3},
                        new long[] {1L << 62, 1L << 62},
                        "reaches beyond"),
                shape("a far offset of nothing", 4, 5, new long[] {0}, new long[] {1}, "reaches beyond its storage"),
                shape("a negative size", 4, 0, new long[] {-1}, new long[] {1}, "has sizes [-1]; 0 to 2^31-1"),
                shape(
                        "a size of 2^40",
                        4,
                        0,
                        new long[] {1L << 40},
                        new long[] {0},
                        "0 to 2^31-1 elements can be read"),
                shape(
                        "sizes that overflow",
                        4,
                        0,
                        new long[] {1L << 16, 1L << 16},
                        new long[] {0, 0},
                        "2^31-1 elements"),
                shape(
                        "one number shown often",
                        4,
                        0,
                        new long[] {1 << 30},
                        new long[] {0},
                        "shows a storage of 4 elements"),
                shape("fewer strides than sizes", 4, 0, new long[] {2, 2}, new long[] {1}, "2 sizes and 1 strides"),
                shape("more axes than any", 4, 0, new long[100], new long[100], "100 axes, at most 64"),
                shape("a storage of another length", 5, 0, none, none, "has 16 bytes in data/0, expected 20"),
                shape("a storage of 2^62", 1L << 62, 0, none, none, "expected 9223372036854775807 from its pickle"),
                shape("a negative storage", -1, 0, none, none, "has a storage of -1 elements"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("geometries")
    void refusesTensorsThatCannotBe(String name, byte[] pickle, String message) {
        refused(Pickle.archive(directory.resolve("m.bin"), pickle, 4), message);
    }

    @Test
    void everythingThatAnAttackNeedsToLookLikeWorks() throws IOException {
        byte[] pickle = Pickle.one(4, 0, new long[] {2, 2}, new long[] {1, 2});
        try (TorchFile file = TorchFile.open(Pickle.archive(directory.resolve("m.bin"), pickle, 4))) {
            assertThat(file.read("w")).containsExactly(0, 2, 1, 3);
        }
        byte[] legacy = Pickle.legacyStart()
                .op(toInts(pickle))
                .op(0x80, 2, ']')
                .text("0")
                .op('a', '.')
                .little(4, 8)
                .little(0x40000000_3f800000L, 8)
                .little(0x40800000_40400000L, 8)
                .bytes();
        try (TorchFile file = TorchFile.open(Files.write(directory.resolve("l.bin"), legacy))) {
            assertThat(file.read("w")).containsExactly(1, 3, 2, 4);
        }
    }

    /** SHORT_BINSTRING. */
    private static int[] shortText(int length) {
        int[] bytes = new int[2 + length];
        bytes[0] = 'U';
        bytes[1] = length;
        return bytes;
    }

    private static Arguments attack(String name, Pickle pickle, String... messages) {
        return Arguments.of(name, pickle.stop(), messages);
    }

    private static Arguments shape(String name, long count, long offset, long[] sizes, long[] strides, String message) {
        return Arguments.of(name, Pickle.one(count, offset, sizes, strides), message);
    }

    private static int[] toInts(byte[] bytes) {
        int[] ints = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ints[i] = bytes[i];
        }
        return ints;
    }

    private static void refused(Path file, String... messages) {
        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(messages);
    }
}
