using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Sampling;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Learn;

/// <summary>
/// The learner process: sample -> update -> publish weights, held to the environments' pace by the rate limiter; a checkpoint now and then and at the
/// end. What is published or saved has been checked for NaN and infinity by the learner.
/// </summary>
internal static class LearnerProcess
{
    public static int Run(RunFolder files, RunPlan plan, RoleContext context)
    {
        using ControlBlock control = ControlBlock.Open(files.Control);
        using ReplayFile replay = ReplayFile.Open(files.Replay);
        using WeightChannel weights = WeightChannel.Open(files.Weights);
        ProcessSlot self = control.Learner;
        self.Take();
        using IKernelDevice device = KernelDevices.Create(plan.Device, plan.LearnerThreads, plan.Precision);
        using ILearner learner = LearnerFactory.Create(plan.Learner, plan.TransitionSpec, device);
        using var sampler = new ReplaySampler(replay, plan.Seed);
        using var batch = new BatchBuffer(replay.Spec, plan.Learner.BatchSize);
        var checkpoints = new TrainingCheckpoints(files, plan);
        LoadedCheckpoint? restored = checkpoints.Restore(learner, sampler);
        var rhythm = new CheckpointRhythm(plan.CheckpointInterval, restored?.Step ?? 0, TimeProvider.System);
        bool warned = false;
        // Updates made after the checkpoint are lost with the process that made them; the limiter forgives the debt, so they are not caught up in a burst.
        self.SetUpdates(learner.Updates);
        control.Limiter.Rebase();

        using IUpdates updates = Updates();
        var block = new float[weights.FloatCount];
        Publish();
        long asked = learner.Updates;
        self.Phase = ProcessPhase.Running;
        while (!context.SupervisorGone.IsCancellationRequested && Waiting.ForUpdate(control, self, plan.UpdatesPerTurn))
        {
            int made = updates.Turn();
            self.AddUpdates(made);
            if (learner.Updates / plan.PublishInterval > asked / plan.PublishInterval && updates.TryQueuePolicies())
            {
                asked = learner.Updates;
                learner.LearningRateScale = Cooldown.LearningRateScale(plan, control);
            }

            if (updates.TryReport(out LearnerReport report))
            {
                LearnerGauge.Write(self, report);
            }

            if (updates.TryTakePolicies(block, out long version))
            {
                weights.Publish(block, version);
                self.WeightVersion = version;
            }

            if (rhythm.IsNumberedDue(control.TotalTransitions))
            {
                Save(() => checkpoints.Save(learner, sampler, control, replay));
            }
            else if (rhythm.IsLatestDue)
            {
                Save(() => checkpoints.SaveLatest(learner, sampler, control, replay));
            }

            self.Beat();
        }

        Publish();
        Save(() => checkpoints.Save(learner, sampler, control, replay));
        self.Phase = ProcessPhase.Stopped;
        return ExitCodes.Done;

        IUpdates Updates()
        {
            if (device is not CudaKernelDevice cuda)
            {
                return new HostUpdates(learner, sampler, batch);
            }

            var made = new CudaUpdates((OffPolicyLearner)learner, cuda, replay, sampler, batch, plan);
            Console.WriteLine($"learning on {cuda.Name}, {plan.UpdatesPerTurn} updates a launch, batches from {made.Source}");
            return made;
        }

        void Publish()
        {
            learner.LearningRateScale = Cooldown.LearningRateScale(plan, control);
            PublishedPolicies.Copy(learner, block);
            weights.Publish(block, learner.Updates);
            self.WeightVersion = learner.Updates;
        }

        void Save(Func<CheckpointSave> write)
        {
            self.Phase = ProcessPhase.Saving;
            self.Beat();
            rhythm.Begin(control.TotalTransitions);
            updates.Settle();
            CheckpointSave save = write();
            rhythm.End();
            // One warning for each time the disk fills up, not one every few seconds.
            if (save.Warning is not null && !warned)
            {
                ChildProcess.Warn(save.Warning);
            }
            else if (save.IsSaved && warned)
            {
                ChildProcess.Warn("Checkpoints are saved again.");
            }

            warned = !save.IsSaved;
            self.Beat();
            self.Phase = ProcessPhase.Running;
        }
    }
}
