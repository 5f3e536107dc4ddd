package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that are broken, whatever their pickle. */
class TorchArchiveTest {
    private static final Path PICKLES = Path.of("src/test/resources/pickles");
    private static final byte[] PICKLE = Pickle.one(4, 0, new long[] {4}, new long[] {1});

    @TempDir
    Path directory;

    @Test
    void whatIsMissingIsNamed() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/other", new byte[3]);
        refused(archive(entries), "is a zip archive without a data.pkl");
        entries.put("m/data.pkl", PICKLE);
        refused(archive(entries), "has no entry m/data/0, which its pickle needs");
        entries.put("m/data/0", new byte[15]);
        refused(archive(entries), "has 15 bytes in data/0, expected 16 from its pickle");
        entries.put("n/data.pkl", PICKLE);
        refused(archive(entries), "holds both ");
    }

    @Test
    void bigEndianFilesAreRefused() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/data.pkl", PICKLE);
        entries.put("m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        entries.put("m/data/0", new byte[16]);
        refused(archive(entries), "is of a machine with byte order \"big\", expected \"little\"");
        byte[] legacy = Files.readAllBytes(PICKLES.resolve("legacy-f32.bin"));
        int at = new String(legacy, StandardCharsets.ISO_8859_1).indexOf("little_endian") + "little_endian".length();
        legacy[at + 2] = (byte) 0x89; // False, after the memo's instruction of two bytes
        refused(
                Files.write(directory.resolve("big.bin"), legacy),
                "is of a big-endian machine, expected little-endian");
    }

    @Test
    void compressedAndEncryptedEntriesAreRefused() throws IOException {
        Path path = directory.resolve("deflated.bin");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry("m/data.pkl"));
            zip.write(PICKLE);
            zip.closeEntry();
        }
        refused(path, "has m/data.pkl compressed, expected stored as torch.save does; load and save it again");
        byte[] bytes = good();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(directoryStart(file) + 8, (byte) 1);
        refused(Files.write(directory.resolve("secret.bin"), bytes), "has m/data.pkl encrypted");
    }

    @Test
    void directoriesThatCannotBeAreRefused() throws IOException {
        int end = good().length - 22;
        int start = directoryStart(ByteBuffer.wrap(good()).order(ByteOrder.LITTLE_ENDIAN));
        changed(end + 10, 7, "has 3 entries in its directory, expected 7");
        changed(end + 12, 0xff, "which can't be there");
        changed(end + 19, 0x7f, "which can't be there");
        changed(end + 16, 0, "has a broken directory, at entry 0");
        changed(end, 0, "is a zip archive without its directory at the end; it is truncated or broken");
        changed(start, 0, "has a broken directory, at entry 0");
        changed(start + 29, 0xff, "has a broken directory, at entry 0");
        changed(start + 43, 0x7f, "it is truncated or broken");
        changed(start + 42, 3, "has no header of m/data.pkl where its directory says");
        changed(start + 20, 1, "compressed");
        changed(27, 0xff, "ends within m/data.pkl");
        byte[] twice = good();
        int second = start + 46 + "m/data.pkl".length();
        assertThat(new String(twice, second + 46, 11, StandardCharsets.US_ASCII))
                .isEqualTo("m/byteorder");
        twice[second + 28] = (byte) "m/data.pkl".length();
        twice[second + 30] = 1; // the rest of the name is an extra field now
        System.arraycopy("m/data.pkl".getBytes(StandardCharsets.US_ASCII), 0, twice, second + 46, 10);
        refused(Files.write(directory.resolve("twice.bin"), twice), "holds m/data.pkl twice");
    }

    @Test
    void zip64NumbersThatCannotBeAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(PICKLES.resolve("zip-f32.bin")); // torch writes zip64 ends always
        int locator = good.length - 42;
        assertThat(ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt(locator))
                .isEqualTo(0x07064b50);
        for (int[] change : new int[][] {{locator + 15, 0x7f}, {locator + 15, 0xff}, {locator + 8, 1}}) {
            byte[] bytes = good.clone();
            bytes[change[0]] = (byte) change[1];
            refused(Files.write(directory.resolve("z.bin"), bytes), "zip64");
        }
        for (int at : new int[] {locator - 56 + 47, locator - 56 + 55}) { // highest bytes of size and offset
            for (int value : new int[] {0x7f, 0xff}) {
                byte[] bytes = good.clone();
                bytes[at] = (byte) value;
                refused(Files.write(directory.resolve("z.bin"), bytes), "which can't be there");
            }
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        for (String name : new String[] {"zip-f16", "legacy-f16"}) {
            byte[] bytes = Files.readAllBytes(PICKLES.resolve(name + ".bin"));
            Path cut = directory.resolve("cut.bin");
            int refused = 0;
            for (int length = 0; length < bytes.length; length++) {
                Files.deleteIfExists(cut); // some file systems write an overwritten file to the disk at once
                Files.write(cut, Arrays.copyOf(bytes, length));
                try {
                    TorchFile.open(cut).close();
                } catch (WeightsFormatException e) {
                    refused++;
                }
            }
            assertThat(refused).as(name).isEqualTo(bytes.length);
        }
    }

    @Test
    void theOldContainersStoragesMustBeThoseOfItsTensors() throws IOException {
        Pickle start = Pickle.legacyStart();
        for (byte b : PICKLE) {
            start.op(b);
        }
        String head = new String(start.bytes(), StandardCharsets.ISO_8859_1);
        legacy(head, Pickle.start().op(']'), 0, "lacks 1 of its tensors' storages");
        legacy(head, Pickle.start().op(']').text("1").op('a'), 24, "lists a storage that no tensor has");
        legacy(head, Pickle.start().op(']').op('K', 1, 'a'), 24, "lists a storage that no tensor has");
        legacy(head, Pickle.start().op(']').op(']', 'a'), 24, "lists a storage that no tensor has");
        legacy(head, Pickle.start().op('N'), 24, "has no list of storages");
        legacy(head, Pickle.start().op(']').text("0").op('a'), 24, "has a storage of 0 elements");
        legacy(head, Pickle.start().op(']').text("0").op('a'), 23, "ends within its storages; the file is truncated");
        legacy(head, Pickle.start().op(']').text("0").op('a'), 7, "ends within its storages; the file is truncated");
        byte[] good = Files.readAllBytes(PICKLES.resolve("legacy-f32.bin"));
        refused(
                Files.write(directory.resolve("long.bin"), Arrays.copyOf(good, good.length + 9)),
                "goes on for 9 bytes after its storages; something was appended");
    }

    @Test
    void whatIsNoFileOfTorchSaveIsSaidToBeNone() throws IOException {
        refused(directory, "is not a file");
        refused(directory.resolve("nothing.bin"), "no such file");
        refused(Files.writeString(directory.resolve("empty.bin"), ""), "ends within its pickle");
        refused(
                Files.writeString(directory.resolve("page.bin"), "<!DOCTYPE html>"),
                "starts with byte 0x3c, which no file of torch.save does");
        refused(
                Files.writeString(
                        directory.resolve("pointer.bin"), "version https://git-lfs.github.com/spec/v1\noid x"),
                "is a pointer of git-lfs, not the weights; fetch them with git lfs pull");
        refused(
                Files.write(
                        directory.resolve("other.bin"),
                        Pickle.start().op('K', 1).stop()),
                "is a pickle, but not one of torch.save");
        byte[] magic = Arrays.copyOf(Pickle.legacyStart().bytes(), 15);
        ByteBuffer old = ByteBuffer.allocate(21)
                .put(magic)
                .put(Pickle.start().op('M', 0xe8, 3).stop());
        refused(Files.write(directory.resolve("old.bin"), old.array()), "another version of torch.save");
    }

    private void legacy(String head, Pickle keys, int bytes, String message) throws IOException {
        Path path = directory.resolve("legacy.bin");
        byte[] all =
                (head + new String(keys.stop(), StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        refused(Files.write(path, Arrays.copyOf(all, all.length + bytes)), message);
    }

    private void changed(int at, int value, String message) throws IOException {
        byte[] bytes = good();
        bytes[at] = (byte) value;
        refused(Files.write(directory.resolve("changed.bin"), bytes), message);
    }

    private byte[] good() throws IOException {
        return Files.readAllBytes(Pickle.archive(directory.resolve("good.bin"), PICKLE, 4));
    }

    private static int directoryStart(ByteBuffer file) {
        return file.getInt(file.limit() - 22 + 16);
    }

    private Path archive(Map<String, byte[]> entries) {
        return Pickle.archive(directory.resolve("m.bin"), entries);
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
