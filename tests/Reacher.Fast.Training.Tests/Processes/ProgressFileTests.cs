using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>A run's clock and milestones, saved beside the supervisor's watch.</summary>
public sealed class ProgressFileTests
{
    [Test]
    public void A_save_for_which_there_is_no_thread_is_left_to_the_next()
    {
        using var folder = new TemporaryFolder();
        string path = folder["progress.json"];
        var scheduler = new Threads();
        var progress = new ProgressFile(path, 0, threshold: 30) { SaveInterval = TimeSpan.Zero, Saver = scheduler };
        scheduler.AreLeft = false;
        progress.SaveNowAndThen();
        Assert.That(File.Exists(path), Is.False);
        scheduler.AreLeft = true;
        progress.SaveNowAndThen();
        Assert.That(File.Exists(path), Is.True);
    }

    /// <summary>Runs tasks at once, unless there is no thread left.</summary>
    private sealed class Threads : TaskScheduler
    {
        public bool AreLeft { get; set; } = true;

        protected override void QueueTask(Task task)
        {
            if (!AreLeft)
            {
                throw new IOException("Resource temporarily unavailable");
            }

            TryExecuteTask(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
