using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.Training.Learn;

/// <summary>What a checkpoint is taken of.</summary>
/// <param name="Learner">Networks, optimisers, noise and their counters.</param>
/// <param name="Sampler">Its generator, which decides what is drawn next.</param>
/// <param name="Control">The run's counters and the rate limiter's base.</param>
/// <param name="Replay">The rows written so far, of which the checkpoint keeps only the number.</param>
internal sealed record TrainingState(ILearner Learner, ReplaySampler Sampler, ControlBlock Control, ReplayFile Replay);
