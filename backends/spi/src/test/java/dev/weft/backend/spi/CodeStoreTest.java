package dev.weft.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is found again, and nothing else ever is. */
class CodeStoreTest {
    private static final byte[] CONTENT = "machine code".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private CodeStore store() {
        return CodeStore.in(folder, 1 << 20);
    }

    private Path file() {
        return folder.resolve("code/kernel/k1");
    }

    @Test
    void whatWasWrittenIsFoundByAnother() {
        store().write("kernel", "k1", CONTENT);

        assertThat(store().read("kernel", "k1")).hasValue(CONTENT);
        assertThat(store().read("kernel", "k2")).isEmpty();
        assertThat(store().read("program", "k1")).isEmpty();
        assertThat(store().items()).extracting(CodeStore.Item::key).containsExactly("k1");
    }

    @Test
    void anyByteThatIsNotAsWrittenMakesItAbsent() throws IOException {
        long seed = 1;
        SplittableRandom random = new SplittableRandom(seed);
        store().write("kernel", "k1", CONTENT);
        byte[] whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 + random.nextInt(255));
            Files.write(file(), changed);
            assertThat(store().read("kernel", "k1"))
                    .as("byte %d, seed %d", at, seed)
                    .isEmpty();
            assertThat(file()).as("a damaged file goes").doesNotExist();
        }
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            assertThat(store().read("kernel", "k1")).as("%d bytes", length).isEmpty();
        }
    }

    @Test
    void aFileThatOthersMayWriteToIsNotTrusted() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "permissions");
        CodeStore store = store();
        store.write("kernel", "k1", CONTENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(store.read("kernel", "k1")).isEmpty();
        assertThat(store.problem().orElseThrow()).contains("others may write to it");
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        CodeStore store = store();
        store.write("kernel", "k1", CONTENT);
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(file(), elsewhere);
        Files.createSymbolicLink(file(), elsewhere);

        assertThat(store.read("kernel", "k1")).isEmpty();
    }

    @Test
    void whereNothingCanBeWrittenNothingIsKeptAndNothingFails() throws IOException {
        Files.writeString(folder.resolve("code"), "a file where the folder should be");
        CodeStore store = store();

        store.write("kernel", "k1", CONTENT);

        assertThat(store.read("kernel", "k1")).isEmpty();
        assertThat(store.items()).isEmpty();
        assertThat(store.problem().orElseThrow()).contains("kernel/k1");
    }

    @Test
    void whatWasUsedLeastRecentlyGoesFirst() throws IOException {
        CodeStore small = CodeStore.in(folder, 10_000);
        for (int i = 0; i < 9; i++) {
            small.write("kernel", "k" + i, new byte[1000]);
            Files.setLastModifiedTime(folder.resolve("code/kernel/k" + i), FileTime.fromMillis(1000L * i));
        }
        assertThat(small.read("kernel", "k0")).isPresent();

        small.write("kernel", "k9", new byte[1000]);

        assertThat(small.items().stream().mapToLong(CodeStore.Item::bytes).sum())
                .isLessThanOrEqualTo(7_500);
        assertThat(small.items())
                .extracting(CodeStore.Item::key)
                .contains("k0", "k9", "k8")
                .doesNotContain("k1", "k2");
    }

    @Test
    void clearingForgetsEverything() {
        store().write("kernel", "k1", CONTENT);
        store().write("program", "p1", CONTENT);

        store().clear();

        assertThat(store().items()).isEmpty();
        assertThat(store().read("kernel", "k1")).isEmpty();
    }

    @Test
    void manyWhoWriteAndReadTheSameAtOnceSeeItWholeOrNotAtAll() {
        List<Boolean> wrong = new ArrayList<>(IntStream.range(0, 400)
                .parallel()
                .mapToObj(i -> {
                    CodeStore one = store();
                    if (i % 2 == 0) {
                        one.write("kernel", "k" + i % 5, CONTENT);
                        return false;
                    }
                    return one.read("kernel", "k" + i % 5)
                            .map(read -> !java.util.Arrays.equals(read, CONTENT))
                            .orElse(false);
                })
                .toList());

        assertThat(wrong).doesNotContain(true);
        assertThat(store().items()).hasSize(5);
    }
}
