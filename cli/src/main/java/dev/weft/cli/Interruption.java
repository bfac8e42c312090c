package dev.weft.cli;

import dev.weft.models.training.TrainingRun;
import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C while a run trains: the JVM begins to shut down, asks the run to stop and waits until its checkpoint is kept. It then ends
 * with 130, as after any interruption.
 */
final class Interruption implements AutoCloseable {

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(TrainingRun run) {
        hook = new Thread(
                () -> {
                    run.requestStop();
                    try {
                        finished.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "weft-interruption");
    }

    static Interruption of(TrainingRun run) {
        Interruption interruption = new Interruption(run);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Everything is kept and said: the JVM may end. */
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs, and has been let go.
        }
    }
}
