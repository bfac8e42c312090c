package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Fingerprint;
import dev.weft.graph.MachineException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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

    private static final long IDLE_SECONDS = 1;

    private final KernelCompiler compiler;
    private final CodeStore store;
    private final ExecutorService workers;
    private final Map<String, Compiled> kernels = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
            return size() > MOST;
        }
    };
    private int compiled;

    /** A kernel, by the name that it has in an image. */
    record Compiled(Image image, String name) {}

    /** Begins to make the compiler ready, where something will have to be compiled. */
    void expect() {
        compiler.begin();
    }

    /** @param threads that compile */
    KernelCache(KernelCompiler compiler, CodeStore store, int threads) {
        this.compiler = compiler;
        this.store = compiler.recipe().isPresent() ? store : CodeStore.none();
        this.workers = workers(threads);
    }

    /** How many kernels were compiled, and neither known nor found in the store. */
    synchronized int compiled() {
        return compiled;
    }

    /** Kernels that a program needs, from now on. */
    Request begin() {
        return new Request();
    }

    /**
     * Kernels of distinct texts.
     *
     * @param wanted for each text what the compiler would be given
     */
    Map<String, Compiled> compile(Map<String, Source> wanted) {
        Request request = begin();
        wanted.forEach(request::add);
        return request.finish();
    }

    /** @param images that were read already */
    private synchronized Optional<Compiled> known(String key, Map<String, Image> images) {
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

    private synchronized void keep(Map<String, Compiled> found, int made) {
        kernels.putAll(found);
        compiled += made;
    }

    /**
     * The kernels of a program, some of them compiled while others are still written: which of them are compiled together follows from the
     * order in which they are added. One thread at a time.
     */
    final class Request {
        private final String recipe = compiler.recipe().orElse("");
        private final Map<String, String> keys = new LinkedHashMap<>();
        private final Map<String, Compiled> found = new LinkedHashMap<>();
        private final Map<String, Image> images = new LinkedHashMap<>();
        private final Map<Source, String> texts = new LinkedHashMap<>();
        private final Map<List<Source>, Future<Image>> sent = new LinkedHashMap<>();
        private final List<Source> batch = new ArrayList<>();

        private Request() {}

        /** @param source what the compiler would be given for the text */
        void add(String text, Source source) {
            String key = Fingerprint.key(recipe + "\n" + text);
            keys.put(text, key);
            Optional<Compiled> known = known(key, images);
            if (known.isPresent()) {
                found.put(text, known.get());
                return;
            }
            texts.put(source, text);
            batch.add(source);
            if (compiler.isWhole(batch)) {
                send();
            }
        }

        private void send() {
            List<Source> kernels = List.copyOf(batch);
            batch.clear();
            sent.put(kernels, workers.submit(() -> compiler.compile(kernels)));
        }

        /** All kernels by their texts, as soon as they are compiled. */
        Map<String, Compiled> finish() {
            if (!batch.isEmpty()) {
                send();
            }
            sent.forEach((kernels, made) -> {
                Image image = get(made);
                String imageKey = Fingerprint.key(String.join(
                        " ", kernels.stream().map(texts::get).map(keys::get).toList()));
                store.write(IMAGES, imageKey, bytes(image));
                for (Source source : kernels) {
                    String text = texts.get(source);
                    found.put(text, new Compiled(image, source.name()));
                    String place = imageKey + " " + source.name();
                    store.write(PLACES, keys.get(text), place.getBytes(StandardCharsets.UTF_8));
                }
            });
            Map<String, Compiled> byKey = new LinkedHashMap<>();
            found.forEach((text, kernel) -> byKey.put(keys.get(text), kernel));
            keep(byKey, texts.size());
            return found;
        }
    }

    private static Image get(Future<Image> made) {
        try {
            return made.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MachineException("compiling kernels: was interrupted", interrupted);
        }
    }

    /** Threads that end when there is nothing to compile. */
    private static ExecutorService workers(int threads) {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform()
                        .daemon()
                        .name("weft-nvrtc-", 1)
                        .stackSize(STACK_BYTES)
                        .factory());
        workers.allowCoreThreadTimeOut(true);
        return workers;
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
