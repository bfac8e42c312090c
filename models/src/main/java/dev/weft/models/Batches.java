package dev.weft.models;

import dev.weft.models.data.TensorDataset;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.tensorfile.Tensor;
import java.util.Map;

/** What a trainer feeds to a program's loss: tensors by the names of its parameters, all batches of one part of one shape. */
public interface Batches {

    /**
     * The micro-batch {@code micro} of optimizer step {@code step}, both from 0; the same tensors each time it is asked.
     */
    Map<String, Tensor> training(long step, int micro);

    /** Number of validation batches; 0 if there is nothing to validate on. */
    int validationBatches();

    /** Validation batch {@code index}; all of them together hold every example once. */
    Map<String, Tensor> validation(int index);

    /** Windows of a text: {@code tokens}, {@code targets} and {@code weight}, each (B, T). */
    static Batches of(TrainingWindows training, ValidationWindows validation) {
        return new Batches() {
            @Override
            public Map<String, Tensor> training(long step, int micro) {
                return training.batch(step, micro).tensors();
            }

            @Override
            public int validationBatches() {
                return validation.batches();
            }

            @Override
            public Map<String, Tensor> validation(int index) {
                return validation.batch(index).tensors();
            }
        };
    }

    /**
     * Rows of named tensors; validation leaves out what does not fill a batch.
     *
     * @param rows of a training batch
     * @param validationRows of a validation batch
     */
    static Batches of(TensorDataset dataset, long seed, int rows, int validationRows) {
        return new Batches() {
            @Override
            public Map<String, Tensor> training(long step, int micro) {
                return dataset.batch(seed, step, micro, rows);
            }

            @Override
            public int validationBatches() {
                return Math.toIntExact((dataset.rows() - dataset.trainingRows()) / validationRows);
            }

            @Override
            public Map<String, Tensor> validation(int index) {
                return dataset.slice(dataset.trainingRows() + (long) index * validationRows, validationRows);
            }
        };
    }
}
