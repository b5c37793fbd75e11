using System.Diagnostics;
using System.Text.Json;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Reporting;

namespace Reacher.Fast.Training.Processes;

/// <summary>A run's clock and milestones, kept over interruptions in a file of its folder.</summary>
internal sealed class ProgressFile
{
    private const int LargestFile = 1 << 20;

    private readonly string path;
    private readonly long begun;
    private readonly Saved saved;
    private TimeSpan savedAt;
    private Task saving = Task.CompletedTask;

    /// <summary>Goes on from the file, if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="transitions">Where the run is; milestones that it has yet to reach again do not count.</param>
    /// <param name="threshold">The score at which the run is solved; milestones on the way to another do not count.</param>
    /// <param name="begun">When the command began (<see cref="Stopwatch.GetTimestamp"/>); null for now.</param>
    public ProgressFile(string path, long transitions, double? threshold, long? begun = null)
    {
        this.path = path;
        this.begun = begun ?? Stopwatch.GetTimestamp();
        saved = new Saved { Threshold = threshold };
        try
        {
            Saved loaded = Load(path);
            saved = loaded.Before(transitions, threshold);
            HadOtherThreshold = loaded.HasOther(threshold);
        }
        catch (Exception error) when (IoFailure.Is(error) || error is JsonException)
        {
            Warning = $"What the run had reached cannot be read from '{path}' ({error.Message.TrimEnd('.')}); its clock begins anew.";
        }
    }

    /// <summary>A sentence for the user about what could not be read; null if all is well.</summary>
    public string? Warning { get; }

    /// <summary>Whether the file had the milestones of another threshold.</summary>
    public bool HadOtherThreshold { get; }

    /// <summary>The time from one save to the next.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Runs the saves; tests replace it.</summary>
    public TaskScheduler Saver { get; init; } = TaskScheduler.Default;

    /// <summary>Seconds the run has been at it, interruptions left out.</summary>
    public double Elapsed => saved.ElapsedSeconds + SessionSeconds;

    /// <summary>Seconds since the command began that began the run or went on with it.</summary>
    public double SessionSeconds => Session.TotalSeconds;

    /// <summary>The first evaluation that reached the threshold; null before.</summary>
    public Milestone? FirstAtThreshold
    {
        get => saved.FirstAtThreshold;
        set => saved.FirstAtThreshold = value;
    }

    /// <summary>When the window first reached the threshold; null before.</summary>
    public Milestone? Solved
    {
        get => saved.Solved;
        set => saved.Solved = value;
    }

    private TimeSpan Session => Stopwatch.GetElapsedTime(begun);

    /// <summary>Writes the file, once what is under way is written.</summary>
    public void Save()
    {
        saving.Wait();
        Write(Text());
    }

    /// <summary>
    /// Writes the file every few seconds, in case nobody comes to save it at the end. Does not wait for the disk: on a slow one the next save
    /// begins when the last has ended.
    /// </summary>
    public void SaveNowAndThen()
    {
        if (Session - savedAt >= SaveInterval && saving.IsCompleted)
        {
            savedAt = Session;
            string text = Text();
            try
            {
                saving = Task.Factory.StartNew(() => Write(text), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Saver);
            }
            catch (TaskSchedulerException)
            {
                // There is no thread to be had, for want of memory or of a file descriptor. The next save finds one, or else the end's.
            }
        }
    }

    private string Text() => JsonSerializer.Serialize(saved with { ElapsedSeconds = Elapsed }, JsonStyle.Indented);

    private void Write(string text)
    {
        try
        {
            AtomicFile.WriteText(path, text);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // A full disk must not end this run; a run resumed from here lacks the time since the last save.
        }
    }

    private static Saved Load(string path) => File.Exists(path)
        ? JsonSerializer.Deserialize<Saved>(BoundedFile.ReadText(path, LargestFile), JsonStyle.Indented) ?? throw new JsonException("null")
        : new Saved();

    private sealed record Saved
    {
        public double ElapsedSeconds { get; init; }

        /// <summary>The threshold of the milestones; null where the run has none, and in a file of an earlier version.</summary>
        public double? Threshold { get; init; }

        public Milestone? FirstAtThreshold { get; set; }

        public Milestone? Solved { get; set; }

        /// <summary>Whether the milestones are those of another threshold.</summary>
        public bool HasOther(double? threshold) => Threshold is not null && Threshold != threshold;

        /// <summary>
        /// Without milestones that a run which went back to a checkpoint has yet to reach again, and without those of another threshold.
        /// </summary>
        public Saved Before(long transitions, double? threshold)
        {
            bool isOther = HasOther(threshold);
            return this with
            {
                Threshold = threshold,
                FirstAtThreshold = isOther || FirstAtThreshold?.Transitions > transitions ? null : FirstAtThreshold,
                Solved = isOther || Solved?.Transitions > transitions ? null : Solved,
            };
        }
    }
}
