package dev.weft.models;

import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A program that embeds Weft, in a process of its own: 64 threads generate from one model. It prints {@code name=value} lines about what
 * that did to the process; whatever else is printed is Weft's.
 */
final class Embedded {

    static final int CALLERS = 64;
    private static final int TOKENS = 12;
    private static final long WATCH_NANOS = 300_000;
    private static final Path TASKS = Path.of("/proc/self/task");

    private final CountDownLatch begin = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(CALLERS);
    private final CountDownLatch end = new CountDownLatch(1);
    private final int[][] texts = new int[CALLERS][];
    private final AtomicInteger changedModes = new AtomicInteger();
    private volatile IntFunction<int[]> work = self -> new int[0];

    private Embedded() {}

    /** @param arguments the number of threads to open Weft with */
    public static void main(String[] arguments) throws InterruptedException {
        new Embedded().run(Integer.parseInt(arguments[0]));
    }

    private void run(int threads) throws InterruptedException {
        Properties properties = (Properties) System.getProperties().clone();
        Set<?> hooks = hooks();
        AtomicInteger most = new AtomicInteger();
        Thread watch = Thread.ofPlatform().daemon().name("watch").unstarted(() -> {
            while (done.getCount() > 0) {
                most.accumulateAndGet(tasks().size(), Math::max);
                LockSupport.parkNanos(WATCH_NANOS);
            }
        });
        for (int i = 0; i < CALLERS; i++) {
            int self = i;
            Thread.ofPlatform().daemon().name("caller-" + i).start(() -> call(self));
        }
        watch.start();
        Set<String> before = new HashSet<>(tasks());
        most.set(before.size());
        Weft weft = Weft.open("cpu", threads);
        SequencedMap<String, Tensor> parameters;
        try (Model model = EmbeddingTest.model(weft)) {
            parameters = model.parameters();
        }
        work = self -> {
            try (Generator generator = Generator.open(weft, EmbeddingTest.PROGRAM, parameters)) {
                return text(generator, self);
            }
        };
        int[][] alone = new int[CALLERS][];
        try (Generator generator = Generator.open(weft, EmbeddingTest.PROGRAM, parameters)) {
            for (int i = 0; i < CALLERS; i++) {
                alone[i] = text(generator, i);
            }
        }
        begin.countDown();
        done.await();
        say("texts", CALLERS);
        say("equal", equal(alone, texts));
        say("threads", threads);
        say("extra_threads", most.get() - before.size());
        say("changed_modes", changedModes.get());
        TimeUnit.SECONDS.sleep(1);
        Map<String, Long> first = ticks(before);
        TimeUnit.SECONDS.sleep(1);
        say("idle_threads", first.size());
        say(
                "idle_ticks",
                ticks(before).values().stream().mapToLong(Long::longValue).sum()
                        - first.values().stream().mapToLong(Long::longValue).sum());
        weft.close();
        say("hooks", hooks().equals(hooks));
        say("properties", System.getProperties().equals(properties));
        say("handler", Thread.getDefaultUncaughtExceptionHandler() == null);
        end.countDown();
    }

    private void call(int self) {
        await(begin);
        if (!modeIsJavas()) {
            throw new IllegalStateException("this Java does not round to nearest");
        }
        texts[self] = work.apply(self);
        if (!modeIsJavas()) {
            changedModes.incrementAndGet();
        }
        done.countDown();
        await(end);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] text(Generator generator, int seed) {
        int[] prompt = {seed % EmbeddingTest.VOCABULARY, 3};
        return generator.generate(prompt, TOKENS, new Sampling(1, 0, 1, 0), seed, 0, token -> true);
    }

    private static long equal(int[][] some, int[][] others) {
        long equal = 0;
        for (int i = 0; i < some.length; i++) {
            equal += Arrays.equals(some[i], others[i]) ? 1 : 0;
        }
        return equal;
    }

    /** Whether this thread rounds to nearest and keeps denormal numbers. */
    private static boolean modeIsJavas() {
        float[] numbers = {1, -1, 0x1.8p-24f, Float.MIN_VALUE, Float.MIN_NORMAL};
        Arrays.sort(numbers); // so that nothing is known while compiling
        float tiny = numbers[1];
        float half = numbers[3];
        return numbers[4] + half == 0x1.000002p0f
                && numbers[0] - half == -0x1.000002p0f
                && tiny * numbers[4] > 0
                && numbers[2] / 2 > 0;
    }

    /** Ids of this process's threads, native ones too. */
    private static List<String> tasks() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.map(task -> task.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor time in ticks by thread, of those that were not there {@code before}. */
    private static Map<String, Long> ticks(Set<String> before) {
        Map<String, Long> ticks = new HashMap<>();
        for (String task : tasks()) {
            if (!before.contains(task)) {
                try {
                    String stat = Files.readString(TASKS.resolve(task).resolve("stat"));
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    ticks.put(task, Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
                } catch (IOException ended) {
                    ticks.remove(task);
                }
            }
        }
        return ticks;
    }

    private static Set<?> hooks() {
        try {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            return hooks.get(null) instanceof Map<?, ?> all ? Set.copyOf(all.keySet()) : Set.of();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(String name, Object value) {
        System.out.println(name + "=" + value);
    }
}
