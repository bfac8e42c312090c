/**
 * Training from a request to a run: a {@link dev.weft.models.training.TrainingRequest} says what is trained on what and how, a
 * {@link dev.weft.models.training.TrainingRun} does it and keeps everything in the run's folder.
 *
 * <p>In come names of programs, files of data and numbers; out go a folder that can be continued, and calls of a
 * {@link dev.weft.models.training.TrainingListener}. Which batch a step sees, its random numbers and its learning rate are functions
 * of the step's number and the seed, so that a run that was interrupted continues to the same bits.
 *
 * <p>Not here: a step itself ({@link dev.weft.models.Trainer}), the files of a run ({@code dev.weft.models.run}), what a person reads on
 * a terminal.
 */
package dev.weft.models.training;
