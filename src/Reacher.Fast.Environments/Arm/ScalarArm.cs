using System.Runtime.CompilerServices;
using static Reacher.Fast.Environments.Arm.ArmModel;
using static Reacher.Fast.Environments.Arm.Double3;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// One physics step of Unity's Reacher in double precision: the reference that reads like the specification
/// (docs/environments.md) and that the SIMD twin is tested against. The solver is PhysX's sequential impulses, stopped after
/// 12 + 12 iterations; that it has not converged by then is part of the dynamics.
/// </summary>
public static class ScalarArm
{
    private const double LowerElbow = ElbowOffset + LowerMassCentre;

    /// <summary>Advances one arm by 0.02 s.</summary>
    /// <param name="state">The arm's state before the step.</param>
    /// <param name="action">Four torques in [-1, 1], clamped here.</param>
    public static ArmState Step(in ArmState state, ReadOnlySpan<float> action) =>
        Step(state, action, state.Upper.Orientation, state.Lower.Orientation);

    /// <summary>
    /// Advances one arm by 0.02 s, torque turned into rotation with other orientations than the arm's (Unity's kick after a reset).
    /// </summary>
    /// <param name="state">The arm's state before the step.</param>
    /// <param name="action">Four torques in [-1, 1], clamped here.</param>
    /// <param name="upperTorqueFrame">Orientation whose inertia the upper torque meets.</param>
    /// <param name="lowerTorqueFrame">Orientation whose inertia the lower torque meets.</param>
    public static ArmState Step(
        in ArmState state, ReadOnlySpan<float> action, DoubleQuaternion upperTorqueFrame, DoubleQuaternion lowerTorqueFrame)
    {
        (ArmBody a, ArmBody b) = (state.Upper, state.Lower);
        InverseInertia inertiaA = new(a.Orientation.AxisY, UpperInertiaAcross, UpperInertiaAlong);
        InverseInertia inertiaB = new(b.Orientation.AxisY, LowerInertiaAcross, LowerInertiaAlong);

        Double3 gravity = new(0, -Gravity * TimeStep, 0);
        Velocities v = new(
            a.Velocity + gravity,
            Rotate(a, new InverseInertia(upperTorqueFrame.AxisY, UpperInertiaAcross, UpperInertiaAlong), action[0], action[1]),
            b.Velocity + gravity,
            Rotate(b, new InverseInertia(lowerTorqueFrame.AxisY, LowerInertiaAcross, LowerInertiaAlong), action[2], action[3]));

        Joint elbow = Elbow(a, b, inertiaA, inertiaB);
        Joint shoulder = Shoulder(a, inertiaA, inertiaB);
        for (int i = 0; i < PositionIterations; i++)
        {
            elbow.Solve(ref v, 1 / TimeStep);
            shoulder.Solve(ref v, 1 / TimeStep);
        }

        // Poses move with the velocities as they are now; the velocities kept are the ones after the unbiased iterations.
        Velocities pose = v;
        for (int i = 0; i < VelocityIterations; i++)
        {
            elbow.Solve(ref v, 0);
            shoulder.Solve(ref v, 0);
        }

        return new(
            new(a.Position + (TimeStep * pose.LinearA), a.Orientation.Turned(pose.AngularA, TimeStep), v.AngularA, v.LinearA),
            new(b.Position + (TimeStep * pose.LinearB), b.Orientation.Turned(pose.AngularB, TimeStep), v.AngularB, v.LinearB));
    }

    private static Double3 Rotate(in ArmBody body, in InverseInertia inertia, float torqueX, float torqueZ)
    {
        Double3 torque = new(Torque * Math.Clamp(torqueX, -1f, 1f), 0, Torque * Math.Clamp(torqueZ, -1f, 1f));
        Double3 omega = (1 - (AngularDrag * TimeStep)) * (body.AngularVelocity + (TimeStep * inertia.Times(torque)));
        double speed = omega.Length;
        return speed > MaximumAngularVelocity ? (MaximumAngularVelocity / speed) * omega : omega;
    }

    // Universal joint to the static base: anchors together, A's z across the world's x.
    private static Joint Shoulder(in ArmBody a, in InverseInertia inertiaA, in InverseInertia inertiaB)
    {
        Double3 pivot = new(0, PivotHeight, 0);
        Double3 worldX = new(1, 0, 0);
        Double3 zA = a.Orientation.AxisZ;
        Double3 gap = a.Position - (ShoulderOffset * a.Orientation.AxisY) - pivot;
        Double3 leverA = pivot - a.Position;
        Joint joint = default;
        for (int i = 0; i < 3; i++)
        {
            Double3 axis = Axis(i);
            joint.Rows[i] = new(axis, Cross(leverA, axis), default, default, Dot(gap, axis));
        }

        joint.Rows[3] = new(default, Cross(zA, worldX), default, default, Dot(zA, worldX));
        joint.Prepare(inertiaA, inertiaB);
        return joint;
    }

    // Universal joint of B to A: anchors together, B's z across A's x. Both levers end at A's anchor, as in PhysX.
    private static Joint Elbow(in ArmBody a, in ArmBody b, in InverseInertia inertiaA, in InverseInertia inertiaB)
    {
        Double3 xA = a.Orientation.AxisX;
        Double3 zB = b.Orientation.AxisZ;
        Double3 anchorA = a.Position + (ElbowOffset * a.Orientation.AxisY);
        Double3 anchorB = b.Position - (LowerElbow * b.Orientation.AxisY);
        Double3 gap = anchorB - anchorA;
        Double3 leverA = anchorA - a.Position;
        Double3 leverB = anchorA - b.Position;
        Joint joint = default;
        for (int i = 0; i < 3; i++)
        {
            Double3 axis = Axis(i);
            joint.Rows[i] = new(-axis, -Cross(leverA, axis), axis, Cross(leverB, axis), Dot(gap, axis));
        }

        Double3 normal = Cross(zB, xA);
        joint.Rows[3] = new(default, -normal, default, normal, Dot(zB, xA));
        joint.Prepare(inertiaA, inertiaB);
        return joint;
    }

    private static Double3 Axis(int i) => new(i == 0 ? 1 : 0, i == 1 ? 1 : 0, i == 2 ? 1 : 0);

    private record struct Velocities(Double3 LinearA, Double3 AngularA, Double3 LinearB, Double3 AngularB);

    // R diag(1/across, 1/along, 1/across) R^T, which needs of R only its y axis.
    private readonly struct InverseInertia(Double3 axisY, double across, double along)
    {
        public Double3 Times(Double3 v) => ((1 / across) * v) + (((1 / along) - (1 / across)) * Dot(axisY, v) * axisY);
    }

    // One row of a Jacobian, and the error it corrects. Anchor velocity along `axis` is axis.v + (lever x axis).omega.
    private readonly record struct Row(Double3 LinearA, Double3 AngularA, Double3 LinearB, Double3 AngularB, double Error);

    [InlineArray(4)]
    private struct FourRows
    {
        private Row first;
    }

    [InlineArray(16)]
    private struct Matrix4
    {
        private double first;
    }

    private struct Joint
    {
        public FourRows Rows;
        private FourRows response; // W J^T, row by row; both masses are 1
        private Matrix4 inverse;   // (J W J^T)^-1

        public void Prepare(in InverseInertia inertiaA, in InverseInertia inertiaB)
        {
            Matrix4 matrix = default;
            for (int i = 0; i < 4; i++)
            {
                Row r = Rows[i];
                response[i] = r with { AngularA = inertiaA.Times(r.AngularA), AngularB = inertiaB.Times(r.AngularB) };
            }

            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    (Row r, Row w) = (Rows[i], response[j]);
                    matrix[(4 * i) + j] = Dot(r.LinearA, w.LinearA) + Dot(r.AngularA, w.AngularA)
                        + Dot(r.LinearB, w.LinearB) + Dot(r.AngularB, w.AngularB);
                }
            }

            Invert(ref matrix, ref inverse);
        }

        // v -= W J^T (J W J^T)^-1 (J v + bias C): the four rows at once, exactly.
        public readonly void Solve(ref Velocities v, double bias)
        {
            Span<double> residual = stackalloc double[4];
            for (int i = 0; i < 4; i++)
            {
                Row r = Rows[i];
                residual[i] = Dot(r.LinearA, v.LinearA) + Dot(r.AngularA, v.AngularA)
                    + Dot(r.LinearB, v.LinearB) + Dot(r.AngularB, v.AngularB) + (bias * r.Error);
            }

            for (int i = 0; i < 4; i++)
            {
                double impulse = 0;
                for (int j = 0; j < 4; j++)
                {
                    impulse += inverse[(4 * i) + j] * residual[j];
                }

                Row w = response[i];
                v.LinearA -= impulse * w.LinearA;
                v.AngularA -= impulse * w.AngularA;
                v.LinearB -= impulse * w.LinearB;
                v.AngularB -= impulse * w.AngularB;
            }
        }

        // Gauss-Jordan without pivoting: the matrix is symmetric and positive definite.
        private static void Invert(ref Matrix4 m, ref Matrix4 result)
        {
            result = default;
            for (int i = 0; i < 4; i++)
            {
                result[(4 * i) + i] = 1;
            }

            for (int pivot = 0; pivot < 4; pivot++)
            {
                double scale = 1 / m[(4 * pivot) + pivot];
                for (int j = 0; j < 4; j++)
                {
                    m[(4 * pivot) + j] *= scale;
                    result[(4 * pivot) + j] *= scale;
                }

                for (int i = 0; i < 4; i++)
                {
                    double factor = m[(4 * i) + pivot];
                    if (i == pivot)
                    {
                        continue;
                    }

                    for (int j = 0; j < 4; j++)
                    {
                        m[(4 * i) + j] -= factor * m[(4 * pivot) + j];
                        result[(4 * i) + j] -= factor * result[(4 * pivot) + j];
                    }
                }
            }
        }
    }
}
