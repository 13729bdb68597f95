package secretsmanager

import (
	"slices"

	"eso-aws/sandbox/aws/internal/api"
)

type updateSecretVersionStageInput struct {
	SecretID            *string `json:"SecretId"`
	VersionStage        *string
	MoveToVersionID     *string `json:"MoveToVersionId"`
	RemoveFromVersionID *string `json:"RemoveFromVersionId"`
}

type secretOutput struct {
	ARN, Name string
}

func (s *Service) updateSecretVersionStage(c *api.Call, in *updateSecretVersionStageInput) (*secretOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	if err := found.restage(in); err != nil {
		return nil, err
	}
	found.changed = c.Now
	return &secretOutput{found.arn, found.name}, nil
}

func (in *updateSecretVersionStageInput) check() error {
	var c checks
	c.Required("versionStage", in.VersionStage == nil)
	c.Length("versionStage", in.VersionStage, 1, 256)
	if err := c.Err(); err != nil {
		return err
	}
	if err := checkVersionID("MoveToVersionId", in.MoveToVersionID); err != nil {
		return err
	}
	if err := checkVersionID("RemoveFromVersionId", in.RemoveFromVersionID); err != nil {
		return err
	}
	if in.MoveToVersionID == nil && in.RemoveFromVersionID == nil {
		return api.Errorf(codeParameter, "You must provide MoveToVersionId, RemoveFromVersionId or both.")
	}
	return nil
}

// restage moves, attaches or removes a label. The caller must name the label's
// current version, so that two callers do not undo each other's changes.
func (s *secret) restage(in *updateSecretVersionStageInput) error {
	label := *in.VersionStage
	if in.RemoveFromVersionID != nil {
		from := s.version(*in.RemoveFromVersionID)
		if from == nil {
			return errNoVersion(*in.RemoveFromVersionID)
		}
		if !slices.Contains(from.stages, label) {
			return api.Errorf(codeParameter, "Version stage %s not found in version %s", label, from.id)
		}
	}
	if in.MoveToVersionID == nil {
		if label == stageCurrent {
			return api.Errorf(codeParameter, "You can only move staging label %s to a different secret version. "+
				"It can’t be completely removed.", label)
		}
		s.detach(label)
		return nil
	}
	to := s.version(*in.MoveToVersionID)
	if to == nil {
		return errNoVersion(*in.MoveToVersionID)
	}
	if holder := s.staged(label); holder != nil && holder != to && in.RemoveFromVersionID == nil {
		return api.Errorf(codeParameter, "The parameter RemoveFromVersionId can't be empty. "+
			"Staging label %s is currently attached to version %s, "+
			"so you must explicitly reference that version in RemoveFromVersionId.", label, holder.id)
	}
	if err := s.checkStages(label); err != nil {
		return err
	}
	s.attach(label, to)
	return nil
}
