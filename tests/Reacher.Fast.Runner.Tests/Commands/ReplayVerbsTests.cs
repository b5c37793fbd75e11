using System.Text.Json;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Runner.Tests.Commands;

/// <summary><c>replay inspect</c> and <c>replay verify</c> as a user types them.</summary>
public sealed class ReplayVerbsTests
{
    private const int Rows = 5;

    [TestCase("inspect", "5 of 100")]
    [TestCase("verify", "5 whole, 95 empty")]
    public void A_whole_file_is_told_of_in_words_and_as_json(string verb, string words)
    {
        using var folder = new TemporaryFolder();
        string path = Replay(folder);
        Assert.That(Run(0, "replay", verb, path), Does.Contain(words));
        JsonElement json = JsonDocument.Parse(Run(0, "replay", verb, path, "--json")).RootElement;
        Assert.That(json.GetProperty(verb == "inspect" ? "count" : "published").GetInt64(), Is.EqualTo(Rows));
    }

    [Test]
    public void A_flipped_bit_is_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        string path = Replay(folder);
        using (FileStream file = File.OpenWrite(path))
        {
            // The middle of row 2's payload.
            file.Position = file.Length - (98 * new TransitionSpec(3, 1).StrideBytes) + 20;
            file.WriteByte(0xA5);
        }

        Assert.That(Run(1, "replay", "verify", path), Does.Contain("1 wrong checksums, the first in slot 2"));
    }

    [TestCase("truncated")]
    [TestCase("garbage")]
    public void Another_file_is_one_sentence_and_exit_code_2(string damage)
    {
        using var folder = new TemporaryFolder();
        string path = Replay(folder);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, damage == "truncated" ? bytes[..^64] : [.. bytes.Select((value, i) => (byte)(value ^ i ^ 0x5A))]);
        foreach (string verb in (string[])["inspect", "verify"])
        {
            using RunnerProcess run = RunnerProcess.Start("replay", verb, path);
            Assert.That(run.WaitForExit(), Is.EqualTo(2), run.Errors);
            Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(run.Errors, Does.Contain(path));
        }
    }

    private static string Replay(TemporaryFolder folder)
    {
        string path = folder["replay.map"];
        using ReplayFile replay = ReplayFile.Create(path, new TransitionSpec(3, 1), 100);
        using var writer = new TransitionWriter(replay, streams: 1, firstStreamId: 0, nStep: 1, gamma: 0.9f);
        for (int i = 0; i < Rows; i++)
        {
            writer.Write([1, 2, 3], [0.5f], [i], [false], [false], [false], [2, 3, 4], [2, 3, 4]);
        }

        return path;
    }

    private static string Run(int code, params string[] arguments)
    {
        using RunnerProcess run = RunnerProcess.Start(arguments);
        Assert.That(run.WaitForExit(), Is.EqualTo(code), run.Errors);
        return run.RemainingOutput();
    }
}
