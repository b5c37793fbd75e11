#!/usr/bin/env python3
"""Writes trajectories.csv: twenty decisions of eight arms under random actions, by a model that shares nothing with the C# code.

Run once, by hand (numpy 1.24): python3 make_trajectories.py > trajectories.csv
The arm is written as the textbook has it: a 12-vector of velocities, 4x12 Jacobians, their dense products, a dense inverse mass
matrix from rotation matrices, numpy's solver for each block. Columns: arm, decision, 4 actions (executed before this
record), 26 kinematic observations, goal x, goal z, goal speed, reward. float64 throughout, seed 20.
"""
import numpy as np

DT = 0.02
VOLUME_CAPSULE = np.pi * 0.25 * (4 / 3 * 0.5 + 5.0)
VOLUME_HAND = 4 / 3 * np.pi


def capsule_inertia():
    """Uniform capsule along y, radius 1/2, cylinder length 5, of density 1: (across, along)."""
    r, length = 0.5, 5.0
    cylinder = np.pi * r**2 * length
    half_ball = 2 / 3 * np.pi * r**3
    along = cylinder * r**2 / 2 + 2 * half_ball * 2 / 5 * r**2
    offset = length / 2 + 3 / 8 * r
    across = cylinder * (r**2 / 4 + length**2 / 12) + 2 * half_ball * (83 / 320 * r**2 + offset**2)
    return across, along


ACROSS, ALONG = capsule_inertia()
INERTIA_A = np.array([ACROSS, ALONG, ACROSS]) / VOLUME_CAPSULE
TOTAL = VOLUME_CAPSULE + VOLUME_HAND
COM = 3 * VOLUME_HAND / TOTAL
_across = (ACROSS + VOLUME_CAPSULE * COM**2 + 0.4 * VOLUME_HAND + VOLUME_HAND * (3 - COM)**2) / TOTAL
INERTIA_B = np.array([_across, (ALONG + 0.4 * VOLUME_HAND) / TOTAL, _across])


def matrix(q):
    """Rotation matrix of a quaternion (x, y, z, w), by q v q*."""
    u, w = q[:3], q[3]
    return (w * w - u @ u) * np.eye(3) + 2 * np.outer(u, u) + 2 * w * hat(u)


def hat(v):
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def turn(q, omega):
    angle = np.linalg.norm(omega) * DT
    axis = omega / np.linalg.norm(omega) if angle > 0 else np.array([1.0, 0, 0])
    u, w = axis * np.sin(angle / 2), np.cos(angle / 2)
    out = np.concatenate([w * q[:3] + q[3] * u + np.cross(u, q[:3]), [w * q[3] - u @ q[:3]]])
    return out / np.linalg.norm(out)


def step(body_a, body_b, action):
    (pa, qa, wa, va), (pb, qb, wb, vb) = body_a, body_b
    ra, rb = matrix(qa), matrix(qb)
    inverse_mass = np.zeros((12, 12))
    inverse_mass[0:3, 0:3] = inverse_mass[6:9, 6:9] = np.eye(3)
    inverse_mass[3:6, 3:6] = np.linalg.inv(ra @ np.diag(INERTIA_A) @ ra.T)
    inverse_mass[9:12, 9:12] = np.linalg.inv(rb @ np.diag(INERTIA_B) @ rb.T)
    t = 150 * np.clip(action, -1, 1)
    force = np.concatenate([[0, -9.81, 0], [t[0], 0, t[1]], [0, -9.81, 0], [t[2], 0, t[3]]])
    v = np.concatenate([va, wa, vb, wb]) + DT * inverse_mass @ force
    for w in (v[3:6], v[9:12]):
        w *= 1 - 0.05 * DT
        w *= min(1, 7 / max(np.linalg.norm(w), 1e-30))
    pivot = np.array([0, 0.02, 0])
    elbow_a, elbow_b = pa + 3 * ra[:, 1], pb - (3 + COM) * rb[:, 1]
    elbow = np.zeros((4, 12))
    elbow[:3] = np.hstack([-np.eye(3), hat(elbow_a - pa), np.eye(3), -hat(elbow_a - pb)])
    elbow[3, 9:12] = np.cross(rb[:, 2], ra[:, 0])
    elbow[3, 3:6] = -elbow[3, 9:12]
    elbow_error = np.append(elbow_b - elbow_a, rb[:, 2] @ ra[:, 0])
    shoulder = np.zeros((4, 12))
    shoulder[:3, :6] = np.hstack([np.eye(3), -hat(pivot - pa)])
    shoulder[3, 3:6] = np.cross(ra[:, 2], [1, 0, 0])
    shoulder_error = np.append(pa - 4.02 * ra[:, 1] - pivot, ra[0, 2])
    for iteration in range(24):
        bias = 1 / DT if iteration < 12 else 0
        for j, error in ((elbow, elbow_error), (shoulder, shoulder_error)):
            v = v - inverse_mass @ j.T @ np.linalg.solve(j @ inverse_mass @ j.T, j @ v + bias * error)
        if iteration == 11:
            moving = v
    pa, qa = pa + DT * moving[0:3], turn(qa, moving[3:6])
    pb, qb = pb + DT * moving[6:9], turn(qb, moving[9:12])
    return (pa, qa, v[3:6], v[0:3]), (pb, qb, v[9:12], v[6:9])


def observe(body_a, body_b):
    (pa, qa, wa, va), (pb, qb, wb, vb) = body_a, body_b
    return np.concatenate([pa, qa, wa, va, pb - COM * matrix(qb)[:, 1], qb, wb, vb])


def main():
    rng = np.random.default_rng(20)
    print("arm,decision,a0,a1,a2,a3," + ",".join(f"o{i}" for i in range(26)) + ",goal_x,goal_z,goal_speed,reward")
    for arm in range(8):
        q = np.array([1, 0, 0, -4.371139e-08])
        zero = np.zeros(3)
        a = (np.array([0, -4.0, 0]), q, zero, zero)
        b = (np.array([0, -10.0, 0]) + COM * matrix(q)[:, 1], q, zero, zero)
        degree, speed = float(rng.integers(0, 360)), np.float64(np.float32(rng.uniform(-1, 1)))
        action = np.zeros(4, np.float32)
        reward = 0
        for decision in range(21):
            if decision > 0:
                if arm < 4 or (decision - 1) % 10 == 0:  # the other half holds its actions, and gets fast
                    action = rng.uniform(-1.3, 1.3, 4).astype(np.float32)
                touches = 0
                for _ in range(4):
                    degree += speed
                    goal = np.array([8 * np.sin(np.radians(degree)), -1, 8 * np.cos(np.radians(degree))])
                    hand = b[0] + (3 - COM) * matrix(b[1])[:, 1]
                    touches += np.linalg.norm(hand - goal) < 3.5
                    a, b = step(a, b, action.astype(np.float64))
                reward = 0.01 * touches
            goal = (8 * np.sin(np.radians(degree)), 8 * np.cos(np.radians(degree)))
            row = [*action, *observe(a, b), *goal, speed, reward]
            print(f"{arm},{decision}," + ",".join(f"{x:.9g}" for x in row))


main()
