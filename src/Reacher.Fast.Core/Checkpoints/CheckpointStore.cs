using System.Globalization;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Checkpoints;

/// <summary>What became of an attempt to save: a run goes on without its checkpoint, and says so.</summary>
/// <param name="Path">The file written; null if none was.</param>
/// <param name="Warning">One sentence for the user if it was not written; else null.</param>
/// <param name="DiskFull">Whether it was not written for want of space.</param>
public sealed record CheckpointSave(string? Path, string? Warning, bool DiskFull)
{
    /// <summary>Whether the checkpoint is on the disk.</summary>
    public bool IsSaved => Path is not null;
}

/// <summary>A checkpoint that could not be used, and why.</summary>
/// <param name="Path">The checkpoint that was passed over.</param>
/// <param name="Reason">Why it could not be used, in one sentence for the user.</param>
public sealed record SkippedCheckpoint(string Path, string Reason);

/// <summary>A checkpoint read back.</summary>
/// <param name="State">The tensors and metadata that the checkpoint holds.</param>
/// <param name="Step">Agent steps when it was saved.</param>
/// <param name="Path">Where it was read from.</param>
/// <param name="Skipped">Newer ones that are damaged; the user is to be told of each.</param>
public sealed record LoadedCheckpoint(StateDictionary State, long Step, string Path, IReadOnlyList<SkippedCheckpoint> Skipped);

/// <summary>
/// The checkpoints of one behaviour in one folder, named as ML-Agents names them: <c>Behavior-step.safetensors</c> for the
/// last few to keep, and <c>checkpoint.safetensors</c> for the newest, which may be newer than all of those. One process saves;
/// any may load meanwhile, since a file appears only when it is complete and on the disk.
/// <para>
/// Which of two is newer their own numbers say, counted over all saves: steps may go back, where a run's counters were lost with the power.
/// </para>
/// </summary>
public sealed class CheckpointStore
{
    /// <summary>The newest checkpoint's fixed name.</summary>
    public const string LatestName = "checkpoint.safetensors";

    /// <summary>The metadata key of the step.</summary>
    public const string StepKey = "step";

    // The number of the save: 1 for the folder's first checkpoint, and one more for each after it.
    private const string SaveNumberKey = "save_number";

    private const string Extension = ".safetensors";

    private readonly string folder;
    private readonly string behavior;
    private readonly int keep;
    private bool leftoversDeleted;
    private long? lastSaveNumber;

    /// <summary>The checkpoints of <paramref name="behavior"/> in <paramref name="folder"/>, which need not exist yet.</summary>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="behavior">The behaviour's name: the beginning of the files' names.</param>
    /// <param name="keep">How many numbered checkpoints remain after a save, at least 1.</param>
    public CheckpointStore(string folder, string behavior, int keep)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(behavior);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        this.folder = folder;
        this.behavior = behavior;
        this.keep = keep;
    }

    /// <summary>
    /// Saves <paramref name="state"/>, puts <paramref name="step"/> into its metadata, and deletes the oldest checkpoints beyond
    /// those to keep. A checkpoint that cannot be written is a warning in the result; those already there stay.
    /// </summary>
    /// <param name="state">The learner's and the loop's state.</param>
    /// <param name="step">Agent steps so far, from 0.</param>
    public CheckpointSave Save(StateDictionary state, long step)
    {
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{behavior}-{step}{Extension}"));
        CheckpointSave save = Write(state, step, path, link: true);
        if (save.IsSaved)
        {
            Prune(path);
        }

        return save;
    }

    /// <summary>
    /// Saves <paramref name="state"/> under the newest checkpoint's fixed name alone: often, so that a kill costs little, and
    /// without a numbered one being deleted for it. Otherwise as <see cref="Save"/>.
    /// </summary>
    /// <param name="state">The learner's and the loop's state.</param>
    /// <param name="step">Agent steps so far, from 0.</param>
    public CheckpointSave SaveLatest(StateDictionary state, long step) => Write(state, step, Path.Combine(folder, LatestName), link: false);

    /// <summary>The newest checkpoint that can be read, with those that came before it in the search; null if there are none at all.</summary>
    /// <exception cref="InputException">
    /// There are checkpoints, and all are damaged; or one could not be looked into, for which an older one is no reason to lose it.
    /// </exception>
    public LoadedCheckpoint? LoadLatest()
    {
        var skipped = new List<SkippedCheckpoint>();
        LoadedCheckpoint? latest = TryLoad(Path.Combine(folder, LatestName), skipped);
        Saved? known = latest is null ? null : new Saved(SaveNumber(latest.State.Metadata), latest.Step, latest.Path);
        foreach (Saved numbered in Numbered())
        {
            // A numbered one is newer only if its writer was killed before it gave the fixed name to it.
            if (known?.CompareTo(numbered) >= 0)
            {
                break;
            }

            if (TryLoad(numbered.Path, skipped) is { } loaded)
            {
                return loaded;
            }
        }

        return latest is not null || skipped.Count == 0 ? latest : throw new InputException(
            $"None of the {skipped.Count} checkpoints in '{folder}' can be read: {skipped[0].Reason.TrimEnd('.')}; " +
            "start anew with the option 'force'.");
    }

    /// <summary>Reads one checkpoint written by a <see cref="CheckpointStore"/>.</summary>
    /// <param name="path">The checkpoint to read.</param>
    /// <param name="step">Agent steps when it was saved.</param>
    /// <exception cref="InputException">It is missing, damaged, or not a checkpoint of this project.</exception>
    public static StateDictionary Load(string path, out long step)
    {
        StateDictionary state = Safetensors.Read(path);
        if (!state.Metadata.TryGetValue(Safetensors.ProducerKey, out string? producer) || producer != Safetensors.Producer ||
            !state.Metadata.TryGetValue(StepKey, out string? text) ||
            !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out step))
        {
            throw new InputException($"'{path}' is a safetensors file, but not a checkpoint written by this program; name one of those.");
        }

        return state;
    }

    /// <summary>The numbered checkpoints, newest first.</summary>
    public IReadOnlyList<(long Step, string Path)> List() => [.. Numbered().Select(saved => (saved.Step, saved.Path))];

    /// <summary>The numbered checkpoints, the last saved first.</summary>
    private Saved[] Numbered()
    {
        var found = new List<(long? Number, long Step, string Path)>();
        foreach (string path in Files())
        {
            if (TryParseStep(Path.GetFileName(path), out long step))
            {
                found.Add((ReadSaveNumber(path), step, path));
            }
        }

        // One whose header is damaged counts as the next after those of its step or fewer.
        return
        [
            .. found
                .Select(file => new Saved(
                    file.Number ?? found.Where(other => other.Step <= file.Step).Max(other => other.Number) ?? 0, file.Step, file.Path))
                .OrderDescending(),
        ];
    }

    // A folder that cannot be looked into is not taken for an empty one.
    private string[] Files()
    {
        try
        {
            return Directory.GetFiles(folder, "*" + Extension);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private long NextSaveNumber() => 1 + (lastSaveNumber ??=
        Numbered().Select(saved => saved.Number).Append(ReadSaveNumber(Path.Combine(folder, LatestName)) ?? 0).Max());

    /// <summary>The number in a checkpoint's header; 0 if it was saved before saves were numbered, null if it is missing or damaged.</summary>
    /// <exception cref="InputException">It cannot be looked into.</exception>
    private static long? ReadSaveNumber(string path)
    {
        try
        {
            return SaveNumber(Safetensors.ReadMetadata(path));
        }
        catch (InputException error)
        {
            // Were it taken for one without a number, the next checkpoint would come before it.
            return IoFailure.IsBehind(error) ? throw CannotBeRead(error) : null;
        }
    }

    private static InputException CannotBeRead(InputException error) => new(
        $"The checkpoint {error.Message.TrimEnd('.')}; try again, or move it away if that stays so, to go on from an older one.",
        error.InnerException!);

    private static long SaveNumber(IDictionary<string, string> metadata) =>
        metadata.TryGetValue(SaveNumberKey, out string? text) &&
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private CheckpointSave Write(StateDictionary state, long step, string path, bool link)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        state.Metadata[StepKey] = step.ToString(CultureInfo.InvariantCulture);
        try
        {
            Directory.CreateDirectory(folder);
            DeleteLeftoversOnce();
            long number = NextSaveNumber();
            state.Metadata[SaveNumberKey] = number.ToString(CultureInfo.InvariantCulture);
            Safetensors.Write(state, path);
            lastSaveNumber = number;
            if (link)
            {
                AtomicFile.Link(path, Path.Combine(folder, LatestName));
            }
        }
        catch (Exception error) when (IoFailure.Is(error) || (error is InputException unreadable && IoFailure.IsBehind(unreadable)))
        {
            string reason = AtomicFile.Reason(error is InputException ? error.InnerException! : error);
            return new CheckpointSave(
                null,
                $"The checkpoint '{path}' was not saved: {reason}; the run goes on and the checkpoints already saved stay.",
                AtomicFile.IsDiskFull(error));
        }

        return new CheckpointSave(path, null, DiskFull: false);
    }

    private static LoadedCheckpoint? TryLoad(string path, List<SkippedCheckpoint> skipped)
    {
        try
        {
            return new LoadedCheckpoint(Load(path, out long step), step, path, skipped);
        }
        catch (InputException error) when (IoFailure.IsBehind(error))
        {
            throw CannotBeRead(error);
        }
        catch (InputException error)
        {
            // One that is not there, or was pruned between listing and reading, is not a damaged one.
            if (!IoFailure.IsMissing(error.InnerException))
            {
                skipped.Add(new SkippedCheckpoint(path, error.Message));
            }

            return null;
        }
    }

    private bool TryParseStep(string name, out long step)
    {
        step = 0;
        string prefix = behavior + "-";
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal) &&
            name.Length > prefix.Length + Extension.Length &&
            long.TryParse(name.AsSpan()[prefix.Length..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out step);
    }

    private void Prune(string saved)
    {
        // The one just saved stays even if another comes before it in the order of the files.
        int kept = 1;
        foreach ((_, string path) in List())
        {
            if (path != saved && ++kept > keep)
            {
                try
                {
                    File.Delete(path);
                }
                catch (Exception error) when (IoFailure.Is(error))
                {
                    // One checkpoint too many is no reason to stop a run; the next save tries again.
                }
            }
        }
    }

    private void DeleteLeftoversOnce()
    {
        if (!leftoversDeleted)
        {
            leftoversDeleted = true;
            AtomicFile.DeleteLeftovers(folder, behavior + "-");
            AtomicFile.DeleteLeftovers(folder, LatestName);
        }
    }

    /// <summary>A checkpoint in the order of saving; those of one number, of before saves were numbered, in that of their steps.</summary>
    private readonly record struct Saved(long Number, long Step, string Path) : IComparable<Saved>
    {
        public int CompareTo(Saved other) => (Number, Step).CompareTo((other.Number, other.Step));
    }
}
