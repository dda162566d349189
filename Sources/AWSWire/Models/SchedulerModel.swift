// Made by `.ci/aws-models` from botocore 1.43.11: change that, not this.
// swift-format-ignore-file

extension ModelTable {
    /// The operations and shapes of `scheduler`, in the form that ``ModelTable`` reads.
    static let scheduler = #"""
service scheduler 2021-06-30 protocol=rest-json jsonVersion=1.1 signingName=scheduler
operation CreateSchedule POST /schedules/{Name} input=CreateScheduleInput output=CreateScheduleOutput errors=ServiceQuotaExceededException,ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
operation CreateScheduleGroup POST /schedule-groups/{Name} input=CreateScheduleGroupInput output=CreateScheduleGroupOutput errors=ServiceQuotaExceededException,ValidationException,InternalServerException,ConflictException,ThrottlingException
operation DeleteSchedule DELETE /schedules/{Name} input=DeleteScheduleInput output=DeleteScheduleOutput errors=ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
operation DeleteScheduleGroup DELETE /schedule-groups/{Name} input=DeleteScheduleGroupInput output=DeleteScheduleGroupOutput errors=ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
operation GetSchedule GET /schedules/{Name} input=GetScheduleInput output=GetScheduleOutput errors=ValidationException,InternalServerException,ResourceNotFoundException,ThrottlingException
operation GetScheduleGroup GET /schedule-groups/{Name} input=GetScheduleGroupInput output=GetScheduleGroupOutput errors=ValidationException,InternalServerException,ResourceNotFoundException,ThrottlingException
operation ListScheduleGroups GET /schedule-groups input=ListScheduleGroupsInput output=ListScheduleGroupsOutput errors=ValidationException,InternalServerException,ThrottlingException
operation ListSchedules GET /schedules input=ListSchedulesInput output=ListSchedulesOutput errors=ValidationException,InternalServerException,ResourceNotFoundException,ThrottlingException
operation ListTagsForResource GET /tags/{ResourceArn} input=ListTagsForResourceInput output=ListTagsForResourceOutput errors=ValidationException,InternalServerException,ResourceNotFoundException,ThrottlingException
operation TagResource POST /tags/{ResourceArn} input=TagResourceInput output=TagResourceOutput errors=ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
operation UntagResource DELETE /tags/{ResourceArn} input=UntagResourceInput output=UntagResourceOutput errors=ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
operation UpdateSchedule PUT /schedules/{Name} input=UpdateScheduleInput output=UpdateScheduleOutput errors=ValidationException,InternalServerException,ConflictException,ResourceNotFoundException,ThrottlingException
string ActionAfterCompletion enum=NONE|DELETE
string AssignPublicIp enum=ENABLED|DISABLED
structure AwsVpcConfiguration AssignPublicIp:AssignPublicIp SecurityGroups:SecurityGroups *Subnets:Subnets
string CapacityProvider min=1 max=255
list CapacityProviderStrategy CapacityProviderStrategyItem min=0 max=6
structure CapacityProviderStrategyItem base:CapacityProviderStrategyItemBase *capacityProvider:CapacityProvider weight:CapacityProviderStrategyItemWeight
integer CapacityProviderStrategyItemBase min=0 max=100000
integer CapacityProviderStrategyItemWeight min=0 max=1000
string ClientToken min=1 max=64 pattern=^[a-zA-Z0-9-_]+$
structure ConflictException error=409 *Message:String
structure CreateScheduleGroupInput ClientToken:ClientToken~token *Name:ScheduleGroupName^uri Tags:TagList
structure CreateScheduleGroupOutput *ScheduleGroupArn:ScheduleGroupArn
structure CreateScheduleInput ActionAfterCompletion:ActionAfterCompletion ClientToken:ClientToken~token Description:Description EndDate:EndDate *FlexibleTimeWindow:FlexibleTimeWindow GroupName:ScheduleGroupName KmsKeyArn:KmsKeyArn *Name:Name^uri *ScheduleExpression:ScheduleExpression ScheduleExpressionTimezone:ScheduleExpressionTimezone StartDate:StartDate State:ScheduleState *Target:Target
structure CreateScheduleOutput *ScheduleArn:ScheduleArn
timestamp CreationDate
structure DeadLetterConfig Arn:DeadLetterConfigArnString
string DeadLetterConfigArnString min=1 max=1600 pattern=^arn:aws(-[a-z]+)?:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+$
structure DeleteScheduleGroupInput ClientToken:ClientToken@clientToken^querystring~token *Name:ScheduleGroupName^uri
structure DeleteScheduleGroupOutput
structure DeleteScheduleInput ClientToken:ClientToken@clientToken^querystring~token GroupName:ScheduleGroupName@groupName^querystring *Name:Name^uri
structure DeleteScheduleOutput
string Description min=0 max=512
string DetailType min=1 max=128
structure EcsParameters CapacityProviderStrategy:CapacityProviderStrategy EnableECSManagedTags:EnableECSManagedTags EnableExecuteCommand:EnableExecuteCommand Group:Group LaunchType:LaunchType NetworkConfiguration:NetworkConfiguration PlacementConstraints:PlacementConstraints PlacementStrategy:PlacementStrategies PlatformVersion:PlatformVersion PropagateTags:PropagateTags ReferenceId:ReferenceId Tags:Tags TaskCount:TaskCount *TaskDefinitionArn:TaskDefinitionArn
boolean EnableECSManagedTags box=true
boolean EnableExecuteCommand box=true
timestamp EndDate
structure EventBridgeParameters *DetailType:DetailType *Source:Source
structure FlexibleTimeWindow MaximumWindowInMinutes:MaximumWindowInMinutes *Mode:FlexibleTimeWindowMode
string FlexibleTimeWindowMode enum=OFF|FLEXIBLE
structure GetScheduleGroupInput *Name:ScheduleGroupName^uri
structure GetScheduleGroupOutput Arn:ScheduleGroupArn CreationDate:CreationDate LastModificationDate:LastModificationDate Name:ScheduleGroupName State:ScheduleGroupState
structure GetScheduleInput GroupName:ScheduleGroupName@groupName^querystring *Name:Name^uri
structure GetScheduleOutput ActionAfterCompletion:ActionAfterCompletion Arn:ScheduleArn CreationDate:CreationDate Description:Description EndDate:EndDate FlexibleTimeWindow:FlexibleTimeWindow GroupName:ScheduleGroupName KmsKeyArn:KmsKeyArn LastModificationDate:LastModificationDate Name:Name ScheduleExpression:ScheduleExpression ScheduleExpressionTimezone:ScheduleExpressionTimezone StartDate:StartDate State:ScheduleState Target:Target
string Group min=1 max=255
structure InternalServerException error=500 *Message:String
structure KinesisParameters *PartitionKey:TargetPartitionKey
string KmsKeyArn min=1 max=2048 pattern=^arn:aws(-[a-z]+)?:kms:[a-z0-9\-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*$
timestamp LastModificationDate
string LaunchType enum=EC2|FARGATE|EXTERNAL
structure ListScheduleGroupsInput MaxResults:MaxResults^querystring NamePrefix:ScheduleGroupNamePrefix^querystring NextToken:NextToken^querystring
structure ListScheduleGroupsOutput NextToken:NextToken *ScheduleGroups:ScheduleGroupList
structure ListSchedulesInput GroupName:ScheduleGroupName@ScheduleGroup^querystring MaxResults:MaxResults^querystring NamePrefix:NamePrefix^querystring NextToken:NextToken^querystring State:ScheduleState^querystring
structure ListSchedulesOutput NextToken:NextToken *Schedules:ScheduleList
structure ListTagsForResourceInput *ResourceArn:TagResourceArn^uri
structure ListTagsForResourceOutput Tags:TagList
integer MaxResults box=true min=1 max=100
integer MaximumEventAgeInSeconds box=true min=60 max=86400
integer MaximumRetryAttempts box=true min=0 max=185
integer MaximumWindowInMinutes box=true min=1 max=1440
string MessageGroupId min=1 max=128
string Name min=1 max=64 pattern=^[0-9a-zA-Z-_.]+$
string NamePrefix min=1 max=64 pattern=^[0-9a-zA-Z-_.]+$
structure NetworkConfiguration awsvpcConfiguration:AwsVpcConfiguration
string NextToken min=1 max=2048
structure PlacementConstraint expression:PlacementConstraintExpression type:PlacementConstraintType
string PlacementConstraintExpression min=0 max=2000
string PlacementConstraintType enum=distinctInstance|memberOf
list PlacementConstraints PlacementConstraint min=0 max=10
list PlacementStrategies PlacementStrategy min=0 max=5
structure PlacementStrategy field:PlacementStrategyField type:PlacementStrategyType
string PlacementStrategyField min=0 max=255
string PlacementStrategyType enum=random|spread|binpack
string PlatformVersion min=1 max=64
string PropagateTags enum=TASK_DEFINITION
string ReferenceId min=0 max=1024
structure ResourceNotFoundException error=404 *Message:String
structure RetryPolicy MaximumEventAgeInSeconds:MaximumEventAgeInSeconds MaximumRetryAttempts:MaximumRetryAttempts
string RoleArn min=1 max=1600 pattern=^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@\/-]+$
structure SageMakerPipelineParameter *Name:SageMakerPipelineParameterName *Value:SageMakerPipelineParameterValue
list SageMakerPipelineParameterList SageMakerPipelineParameter min=0 max=200
string SageMakerPipelineParameterName min=1 max=256 pattern=^[A-Za-z0-9\-_]*$
string SageMakerPipelineParameterValue min=1 max=1024
structure SageMakerPipelineParameters PipelineParameterList:SageMakerPipelineParameterList
string ScheduleArn min=1 max=1224 pattern=^arn:aws(-[a-z]+)?:scheduler:[a-z0-9\-]+:\d{12}:schedule\/[0-9a-zA-Z-_.]+\/[0-9a-zA-Z-_.]+$
string ScheduleExpression min=1 max=256
string ScheduleExpressionTimezone min=1 max=50
string ScheduleGroupArn min=1 max=1224 pattern=^arn:aws(-[a-z]+)?:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$
list ScheduleGroupList ScheduleGroupSummary
string ScheduleGroupName min=1 max=64 pattern=^[0-9a-zA-Z-_.]+$
string ScheduleGroupNamePrefix min=1 max=64 pattern=^[0-9a-zA-Z-_.]+$
string ScheduleGroupState enum=ACTIVE|DELETING
structure ScheduleGroupSummary Arn:ScheduleGroupArn CreationDate:CreationDate LastModificationDate:LastModificationDate Name:ScheduleGroupName State:ScheduleGroupState
list ScheduleList ScheduleSummary
string ScheduleState enum=ENABLED|DISABLED
structure ScheduleSummary Arn:ScheduleArn CreationDate:CreationDate GroupName:ScheduleGroupName LastModificationDate:LastModificationDate Name:Name State:ScheduleState Target:TargetSummary
string SecurityGroup min=1 max=1000
list SecurityGroups SecurityGroup min=1 max=5
structure ServiceQuotaExceededException error=402 *Message:String
string Source min=1 max=256 pattern=^(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)$
structure SqsParameters MessageGroupId:MessageGroupId
timestamp StartDate
string String
string Subnet min=1 max=1000
list Subnets Subnet min=1 max=16
structure Tag *Key:TagKey *Value:TagValue
string TagKey min=1 max=128
list TagKeyList TagKey min=0 max=200
list TagList Tag min=0 max=200
map TagMap TagKey TagValue
string TagResourceArn min=1 max=1011 pattern=^arn:aws(-[a-z]+)?:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$
structure TagResourceInput *ResourceArn:TagResourceArn^uri *Tags:TagList
structure TagResourceOutput
string TagValue min=1 max=256
list Tags TagMap min=0 max=50
structure Target *Arn:TargetArn DeadLetterConfig:DeadLetterConfig EcsParameters:EcsParameters EventBridgeParameters:EventBridgeParameters Input:TargetInput KinesisParameters:KinesisParameters RetryPolicy:RetryPolicy *RoleArn:RoleArn SageMakerPipelineParameters:SageMakerPipelineParameters SqsParameters:SqsParameters
string TargetArn min=1 max=1600
string TargetInput min=1
string TargetPartitionKey min=1 max=256
structure TargetSummary *Arn:TargetArn
integer TaskCount box=true min=1 max=10
string TaskDefinitionArn min=1 max=1600
structure ThrottlingException error=429 *Message:String
structure UntagResourceInput *ResourceArn:TagResourceArn^uri *TagKeys:TagKeyList^querystring
structure UntagResourceOutput
structure UpdateScheduleInput ActionAfterCompletion:ActionAfterCompletion ClientToken:ClientToken~token Description:Description EndDate:EndDate *FlexibleTimeWindow:FlexibleTimeWindow GroupName:ScheduleGroupName KmsKeyArn:KmsKeyArn *Name:Name^uri *ScheduleExpression:ScheduleExpression ScheduleExpressionTimezone:ScheduleExpressionTimezone StartDate:StartDate State:ScheduleState *Target:Target
structure UpdateScheduleOutput *ScheduleArn:ScheduleArn
structure ValidationException error=400 *Message:String
"""#
}
