using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Run;

/// <summary>A run's folder in the hands of this process: one at a time has it.</summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream owned;

    private RunLock(FileStream owned) => this.owned = owned;

    /// <summary>
    /// Makes the folder of a new run with the folders in it, or takes that of one to go on with, in which nothing is made but the lock.
    /// Nothing is created or deleted unless all is well.
    /// </summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="resume">Whether to go on with a run that is there.</param>
    /// <param name="force">Whether to delete a run that is there.</param>
    /// <exception cref="InputException">
    /// The run exists and neither <paramref name="resume"/> nor <paramref name="force"/> was said; or it is to be resumed and does not exist;
    /// or another process runs it; or the folder cannot be written; or there are symbolic links where the run would write.
    /// </exception>
    public static RunLock Claim(RunFolder run, bool resume, bool force)
    {
        bool exists = Require(run, resume, force);
        return Take(run, isNew: !resume, deleteFirst: exists && force);
    }

    /// <summary>
    /// Makes sure that <see cref="Claim"/> would be granted, and changes nothing: for whoever has to start a Unity
    /// player first, which costs the user time.
    /// </summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="resume">Whether to go on with a run that is there.</param>
    /// <param name="force">Whether to delete a run that is there.</param>
    /// <exception cref="InputException">As for <see cref="Claim"/>, but for a folder that cannot be written.</exception>
    public static void Check(RunFolder run, bool resume, bool force)
    {
        if (Require(run, resume, force) && File.Exists(run.Lock))
        {
            try
            {
                Lock(run).Dispose();
            }
            catch (Exception error) when (IoFailure.Is(error))
            {
                // That it cannot be written is said when it is claimed.
            }
        }
    }

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => owned.Dispose();

    /// <summary>Whether there is anything in the folder, where all is well.</summary>
    private static bool Require(RunFolder run, bool resume, bool force)
    {
        bool exists = Directory.Exists(run.Folder) && Directory.EnumerateFileSystemEntries(run.Folder).Any();
        if (exists && !resume && !force)
        {
            throw new InputException(
                $"The run '{run.Id}' exists already in '{run.Folder}'; go on with it by --resume, or choose another --run-id.");
        }

        if (resume && !File.Exists(run.Configuration))
        {
            throw new InputException(
                $"There is no run '{run.Id}' to resume in '{Path.GetDirectoryName(run.Folder)}'; leave out --resume to start it.");
        }

        if (exists && force && !File.Exists(run.Configuration))
        {
            throw new InputException(
                $"'{run.Folder}' does not look like a run, having no {RunFolder.ConfigurationName}, so --force leaves it alone; " +
                "delete it yourself or choose another --run-id.");
        }

        if (exists)
        {
            RefuseLinks(run, force);
        }

        return exists;
    }

    private static RunLock Take(RunFolder run, bool isNew, bool deleteFirst)
    {
        try
        {
            Directory.CreateDirectory(run.Folder);
            FileStream owned = Lock(run);
            if (deleteFirst)
            {
                DeleteContent(run);
            }

            if (isNew)
            {
                Directory.CreateDirectory(run.Logs);
                Directory.CreateDirectory(run.BehaviorFolder);
            }

            return new RunLock(owned);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException(
                $"The run's folder '{run.Folder}' cannot be written: {error.Message.TrimEnd('.')}; choose another --results-dir.", error);
        }
    }

    // The run's files are opened by name, some again and again. A link among them would let the run write, or --force delete, elsewhere.
    private static void RefuseLinks(RunFolder run, bool force)
    {
        if (force)
        {
            // Other links in the folder are deleted with the rest, and what they point to is left alone.
            RefuseLink(new FileInfo(run.Lock));
            if (new DirectoryInfo(run.Folder).LinkTarget is string target)
            {
                throw new InputException(
                    $"'{run.Folder}' is a link to '{target}', so --force leaves it alone; delete what is there yourself or choose another " +
                    "--run-id.");
            }

            return;
        }

        // A folder that is a link comes before what is in it.
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (FileSystemInfo entry in new DirectoryInfo(run.Folder).EnumerateFileSystemInfos("*", all))
        {
            RefuseLink(entry);
        }
    }

    private static void RefuseLink(FileSystemInfo entry)
    {
        if (entry.LinkTarget is string target)
        {
            throw new InputException(
                $"'{entry.FullName}' is a link to '{target}', and a run writes only to files of its own; put the file itself there, or " +
                "delete the link.");
        }
    }

    // The system releases the lock when the process ends, in whatever way; the file itself may stay.
    private static FileStream Lock(RunFolder run)
    {
        try
        {
            return new FileStream(run.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (File.Exists(run.Lock))
        {
            throw new InputException(
                $"Another process runs '{run.Id}' in '{run.Folder}'; wait for its end or choose another --run-id.", error);
        }
    }

    private static void DeleteContent(RunFolder run)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(run.Folder))
        {
            if (entry == run.Lock)
            {
                continue;
            }

            // A symbolic link is removed itself; what it points to is left alone.
            if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }
}
