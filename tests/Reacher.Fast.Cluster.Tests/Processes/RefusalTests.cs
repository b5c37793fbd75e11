using System.Net.Sockets;
using System.Text;
using Reacher.Fast.Cluster.Joining;
using Reacher.Fast.Cluster.Protocol;
using Reacher.Fast.Runner.Tests;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>What does not belong to a run is refused in a sentence, and the run and its machines notice nothing of it.</summary>
public sealed class RefusalTests
{
    [Test]
    public void What_does_not_fit_a_run_is_refused_and_the_run_goes_on()
    {
        using ClusterRun run = new("--max-steps", "1000000000", "--buffer-size", "4000000");
        RunnerProcess machine = run.Join("machine");
        run.AwaitJoinedRows(500);

        Refuses(
            ["join", run.Address, "--env", "arm"],
            "'arm' has 33 observations and 4 actions on this machine, and the run 'run' has 3 and 1; put the same scene on both, or name it with");
        Refuses(["join", run.Address, "--num-envs", "63"], "The run takes at most 62 env processes of other machines, and 63 were asked for.");

        var endpoint = ClusterEndpoint.Parse(run.Address, null, insecure: false);
        SendRaw(endpoint, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: run\r\n\r\n"));
        // As an Orleans preamble or message begins that announces a gigabyte.
        SendRaw(endpoint, [0, 0, 0, 0x40, 0, 0, 0, 0x40, 1, 2, 3, 4]);
        AskAsOthers(endpoint).GetAwaiter().GetResult();

        run.AwaitJoinedRows(500);
        Assert.That(run.Control.Cluster.Restarts, Is.Zero);
        run.Trainer.Signal("INT");
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(RowChains.Of(run.Replay).Repeated, Is.Zero);
    }

    [Test]
    public void A_machine_without_the_run_s_certificate_learns_nothing()
    {
        using TemporaryFolder folder = new();
        string ours = folder["ours.pem"], theirs = folder["theirs.pem"];
        Assert.That(Run("cluster", "certificate", ours).Code, Is.Zero);
        Assert.That(Run("cluster", "certificate", theirs).Code, Is.Zero);
        Refuses(["cluster", "certificate", ours], $"The certificate '{ours}' cannot be written");

        using ClusterRun run = new("--cluster-certificate", ours, "--max-steps", "1000000000", "--buffer-size", "4000000");
        RunnerProcess.WaitUntil(() => run.IsListening, "the run listens");
        Refuses(
            ["join", run.Address, "--wait", "20", "--cluster-certificate", theirs],
            $"The run at {run.Address} showed another certificate than '{theirs}'; copy the run's file to this machine.");
        Refuses(["join", run.Address, "--wait", "20"], $"What listens at {run.Address} does not speak as a run of this program does");
        Refuses(["cluster", "status", run.Address, "--cluster-certificate", theirs], "showed another certificate");

        RunnerProcess machine = run.Join("machine", "--cluster-certificate", ours);
        run.AwaitJoinedRows(500);
        run.Trainer.Signal("INT");
        Assert.That(machine.WaitForExit(), Is.Zero, machine.Errors);
    }

    [TestCase("join", "127.0.0.1:1", "--wait", "0", "No run listens at 127.0.0.1:1 (Connection refused); start it there with 'train --cluster")]
    [TestCase("join", "10.1.2.3:7710", "--num-envs", "2", "10.1.2.3:7710 is beyond this machine, where machines know each other by a certificate")]
    [TestCase("join", "10.1.2.3:77100", "--wait", "0", "'10.1.2.3:77100' is no address; write HOST:PORT, such as 10.0.0.5:7710.")]
    [TestCase("join", "localhost", "--num-envs", "0", "--num-envs is 0, and must be a whole number from 1 to 64.")]
    [TestCase("join", "localhost", "--cluster-certificate", "none.pem", "There is no certificate 'none.pem'; make one with")]
    [TestCase("train", "--cluster", "0.0.0.0:7710", "--no-stop", "0.0.0.0:7710 is beyond this machine")]
    [TestCase("train", "--cluster", "127.0.0.1:7710", "--in-process", "Other machines join a run that has processes")]
    public void What_cannot_be_meant_is_refused_in_a_sentence(string verb, string first, string second, string third, string sentence) =>
        Refuses([verb, first, second, third], sentence);

    private static void Refuses(string[] arguments, string sentence)
    {
        (int code, string errors) = Run(arguments);
        Assert.That(errors, Does.Contain(sentence));
        Assert.That(errors.Trim(), Does.Not.Contain("\n"), "one sentence");
        Assert.That(code, Is.EqualTo(2));
    }

    private static (int Code, string Errors) Run(params string[] arguments)
    {
        using RunnerProcess process = RunnerProcess.Start(arguments);
        int code = process.WaitForExit();
        return (code, process.Errors);
    }

    private static void SendRaw(ClusterEndpoint endpoint, byte[] bytes)
    {
        using var socket = new TcpClient(endpoint.Host, endpoint.Port);
        socket.ReceiveTimeout = 30_000;
        NetworkStream stream = socket.GetStream();
        stream.Write(bytes);
        try
        {
            byte[] answer = new byte[4096];
            while (stream.Read(answer) > 0)
            {
                // What the run's machine says of itself before it has heard anything: a preamble, of which a stranger understands nothing.
            }
        }
        catch (IOException)
        {
            // It was reset.
        }
    }

    private static async Task AskAsOthers(ClusterEndpoint endpoint)
    {
        await using RunClient client = await RunClient.Connect(endpoint, CancellationToken.None);
        RunAnswer other = await client.Run.Ask("0.0.1");
        Assert.That((other.Version, other.Plan), Is.EqualTo((ProgramVersion.Ours, (string?)null)));
        PlaceAnswer refused = await client.Run.Join("0.0.1", "other", 1);
        Assert.That(refused.Refusal, Is.EqualTo(
            $"The run is of version {ProgramVersion.Ours} of this program, and this machine has version 0.0.1; put the same version on both."));

        byte[] garbage = new byte[1000];
        new Random(3).NextBytes(garbage);
        FrameAnswer frame = await client.Machine(0).Forward(garbage);
        Assert.That(frame.Refusal, Is.EqualTo("A frame of rows was refused, because it is no frame of rows."));
        Assert.That(
            async () => await client.Machine(0).Forward(new byte[1 << 26]).WaitAsync(TimeSpan.FromSeconds(60)),
            Throws.InstanceOf<Exception>(), "what is longer than any message ends its own connection");
    }
}
