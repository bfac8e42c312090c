package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Compiled kernels by their text, for all sessions of a backend, and on disk for all processes. Kernels are compiled several at a time,
 * so an image holds several; beside the images the store keeps which image has a kernel. What is found there needs no compiler. Safe for
 * many threads, which take turns.
 */
final class KernelCache {
    /** Of images in the {@link CodeStore}. */
    static final String IMAGES = "cubin";

    /** Of the image and the name under which a kernel is found. */
    static final String PLACES = "cuda";

    private static final int MOST = 4096;

    /** For the compiler's recursion. */
    private static final long STACK_BYTES = 64L << 20;

    private final KernelCompiler compiler;
    private final CodeStore store;
    private final int threads;
    private final Map<String, Compiled> kernels = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
            return size() > MOST;
        }
    };
    private int compiled;

    /** A kernel, by the name that it has in an image. */
    record Compiled(Image image, String name) {}

    /** @param threads that compile */
    KernelCache(KernelCompiler compiler, CodeStore store, int threads) {
        this.compiler = compiler;
        this.store = compiler.recipe().isPresent() ? store : CodeStore.none();
        this.threads = threads;
    }

    /** How many kernels were compiled, and neither known nor found in the store. */
    synchronized int compiled() {
        return compiled;
    }

    /**
     * Kernels of distinct texts.
     *
     * @param wanted for each text what the compiler would be given
     */
    synchronized Map<String, Compiled> compile(Map<String, Source> wanted) {
        String recipe = compiler.recipe().orElse("");
        Map<String, String> keys = new LinkedHashMap<>();
        wanted.keySet().forEach(text -> keys.put(text, Fingerprint.key(recipe + "\n" + text)));
        Map<String, Compiled> found = new LinkedHashMap<>();
        Map<String, Image> images = new LinkedHashMap<>();
        Map<Source, String> missing = new LinkedHashMap<>();
        wanted.forEach((text, source) -> known(keys.get(text), images)
                .ifPresentOrElse(kernel -> found.put(text, kernel), () -> missing.put(source, text)));
        compile(missing, keys, found);
        found.forEach((text, kernel) -> kernels.put(keys.get(text), kernel));
        return found;
    }

    /** @param images that were read already */
    private Optional<Compiled> known(String key, Map<String, Image> images) {
        Compiled kernel = kernels.get(key);
        return kernel == null ? store.read(PLACES, key).flatMap(place -> kept(place, images)) : Optional.of(kernel);
    }

    private Optional<Compiled> kept(byte[] place, Map<String, Image> images) {
        String[] words = new String(place, StandardCharsets.UTF_8).split(" ");
        if (words.length != 2 || !words[0].matches("[0-9a-f]+")) {
            return Optional.empty();
        }
        if (!images.containsKey(words[0])) {
            store.read(IMAGES, words[0]).ifPresent(bytes -> images.put(words[0], image(bytes)));
        }
        return Optional.ofNullable(images.get(words[0])).map(image -> new Compiled(image, words[1]));
    }

    private void compile(Map<Source, String> missing, Map<String, String> keys, Map<String, Compiled> found) {
        List<List<Source>> batches = missing.isEmpty() ? List.of() : compiler.batches(List.copyOf(missing.keySet()));
        List<Image> images = images(batches);
        for (int i = 0; i < batches.size(); i++) {
            List<Source> batch = batches.get(i);
            Image image = images.get(i);
            String imageKey = Fingerprint.key(String.join(
                    " ", batch.stream().map(missing::get).map(keys::get).toList()));
            store.write(IMAGES, imageKey, bytes(image));
            for (Source source : batch) {
                String text = missing.get(source);
                found.put(text, new Compiled(image, source.name()));
                String place = imageKey + " " + source.name();
                store.write(PLACES, keys.get(text), place.getBytes(StandardCharsets.UTF_8));
            }
            compiled += batch.size();
        }
    }

    private List<Image> images(List<List<Source>> batches) {
        if (batches.size() <= 1 || threads == 1) {
            return batches.stream().map(compiler::compile).toList();
        }
        try (ExecutorService workers = Executors.newFixedThreadPool(
                Math.min(threads, batches.size()),
                Thread.ofPlatform()
                        .name("weft-nvrtc-", 1)
                        .stackSize(STACK_BYTES)
                        .factory())) {
            List<CompletableFuture<Image>> images = new ArrayList<>();
            batches.forEach(batch -> images.add(CompletableFuture.supplyAsync(() -> compiler.compile(batch), workers)));
            return images.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }

    /** The length of the log, the log, the code. */
    private static byte[] bytes(Image image) {
        byte[] log = image.log().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + log.length + image.bytes().length)
                .putInt(log.length)
                .put(log)
                .put(image.bytes())
                .array();
    }

    private static Image image(byte[] bytes) {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        byte[] log = new byte[all.getInt()];
        all.get(log);
        byte[] code = new byte[all.remaining()];
        all.get(code);
        return new Image(code, new String(log, StandardCharsets.UTF_8));
    }
}
