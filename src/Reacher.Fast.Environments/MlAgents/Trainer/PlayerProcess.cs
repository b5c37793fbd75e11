using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// A player that was started here: its command line, its output (both pipes are drained, or it would block) and its end.
/// </summary>
internal sealed class PlayerProcess : IDisposable
{
    private const int TailLines = 20;
    private readonly Process process;
    private readonly Queue<string> tail = new();
    private readonly string? logFile;

    private PlayerProcess(Process process, string? logFile)
    {
        this.process = process;
        this.logFile = logFile;
    }

    /// <summary>The last lines of the player's own log file and of its output.</summary>
    public string Tail
    {
        get
        {
            List<string> lines = [];
            try
            {
                if (logFile is not null && File.Exists(logFile))
                {
                    lines.AddRange(File.ReadLines(logFile).TakeLast(TailLines));
                }
            }
            catch (Exception e) when (IoFailure.Is(e))
            {
                lines.Add($"({logFile}: {e.Message})");
            }

            lock (tail)
            {
                lines.AddRange(tail);
            }

            return string.Join('\n', lines);
        }
    }

    private string EndSentence => $"The player '{process.StartInfo.FileName}' exited with code {process.ExitCode}.";

    /// <summary>Starts the player of <paramref name="options"/> and tells it the port.</summary>
    /// <param name="options">Names the player and its arguments.</param>
    /// <param name="port">Where it is to connect.</param>
    /// <param name="exited">Called once when it has exited, with a sentence.</param>
    /// <exception cref="InputException">There is no such player, or it cannot be started.</exception>
    public static PlayerProcess Start(MlAgentsOptions options, int port, Action<string> exited)
    {
        string path = Resolve(options.Player!, options.Otherwise);
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in Arguments(options, port))
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var player = new PlayerProcess(process, options.LogFile);
        process.OutputDataReceived += player.Keep;
        process.ErrorDataReceived += player.Keep;
        process.Exited += (_, _) => exited(player.EndSentence);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            process.Dispose();
            throw new InputException(
                $"The player '{path}' cannot be started ({e.Message}); check that it is an executable of this platform.", e);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return player;
    }

    /// <summary>The player's command line: Unity's switches, the port, the log, the user's own.</summary>
    public static IReadOnlyList<string> Arguments(MlAgentsOptions options, int port)
    {
        List<string> arguments = [];
        if (options.NoGraphics)
        {
            arguments.AddRange(["-nographics", "-batchmode"]);
        }

        string text = port.ToString(CultureInfo.InvariantCulture);
        if (options.Generation is null or ProtocolGeneration.V150)
        {
            arguments.AddRange(["--mlagents-port", text]);
        }

        if (options.Generation is null or ProtocolGeneration.Api4)
        {
            arguments.AddRange(["--port", text]);
        }

        if (options.LogFile is not null && !options.Arguments.Contains("-logFile", StringComparer.OrdinalIgnoreCase))
        {
            arguments.AddRange(["-logFile", options.LogFile]);
        }

        arguments.AddRange(options.Arguments);
        return arguments;
    }

    /// <summary>Waits a moment for the player's end and all of its output.</summary>
    /// <returns>How it ended, or null where it still runs.</returns>
    public string? WaitForEnd(TimeSpan grace)
    {
        using var timer = new CancellationTokenSource(grace);
        try
        {
            process.WaitForExitAsync(timer.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Perhaps it has ended and something it started still holds its output open.
        }

        return process.HasExited ? EndSentence : null;
    }

    /// <summary>Gives the player <paramref name="grace"/> to exit by itself, then ends it and all it started.</summary>
    public void Stop(TimeSpan grace)
    {
        if (!process.WaitForExit(grace))
        {
            try
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit(grace);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It exited between the wait and the kill.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    /// <summary>The executable behind the name users know: Unity's players carry a suffix of their platform.</summary>
    /// <param name="player">What users call it.</param>
    /// <param name="otherwise">A sentence to say besides where there is none; null for nothing.</param>
    /// <exception cref="InputException">There is none, or nobody may execute it.</exception>
    public static string Resolve(string player, string? otherwise)
    {
        string[] candidates =
        [
            player, player + ".x86_64", player + ".x86", player + ".exe",
            Path.Combine(player.EndsWith(".app", StringComparison.Ordinal) ? player : player + ".app", "Contents", "MacOS",
                Path.GetFileNameWithoutExtension(player)),
        ];
        foreach (string candidate in candidates)
        {
            if (File.Exists(candidate))
            {
                RequireExecutable(candidate);
                return Path.GetFullPath(candidate);
            }
        }

        string sentence = $"There is no player at '{player}'; give the path of a built scene, or 'editor'.";
        throw new InputException(otherwise is null ? sentence : $"{sentence} {otherwise}");
    }

    // Archives of built scenes are often unpacked without the permission to execute what is in them.
    private static void RequireExecutable(string player)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(player) & Execute) == 0)
        {
            throw new InputException($"The file '{player}' is not executable; if it is a built scene, run: chmod +x {player}");
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
        {
            return;
        }

        lock (tail)
        {
            tail.Enqueue(line.Data);
            if (tail.Count > TailLines)
            {
                tail.Dequeue();
            }
        }
    }
}
